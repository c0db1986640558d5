# A bucket; what completes it stands beside it, and its policy with the caller.
variable "name" {}
variable "good" {}

resource "aws_s3_bucket" "this" {
  bucket = var.name
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = var.good
  block_public_policy     = var.good
  ignore_public_acls      = var.good
  restrict_public_buckets = var.good
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  count  = var.good ? 1 : 0
  bucket = aws_s3_bucket_public_access_block.this.bucket
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = "arn:aws:kms:eu-west-1:000000000001:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }
    bucket_key_enabled = true
  }
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.bucket
  versioning_configuration {
    status = var.good ? "Enabled" : "Suspended"
  }
}

output "id" {
  value = aws_s3_bucket.this.id
}
