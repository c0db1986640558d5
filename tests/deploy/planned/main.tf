# A resource that complies and one that violates for each type that a plan is judged for, as far as local AWS has it.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

variable "region" {
  default = "eu-west-1"
}

# Local AWS forgets the metadata options of instances, and lets the provider wait for databases for more than a minute.
variable "applied_to_local_aws" {
  default = false
}

provider "aws" {
  region = var.region
  default_tags {
    tags = { owner = "planned" }
  }
}

data "aws_caller_identity" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  assume = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
  everything = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
  })
  little = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::planned-good/*" }]
  })
}

# Buckets: what completes them stands in resources of its own, by module, for_each and count.
module "bucket" {
  source   = "./bucket"
  for_each = { good = true, bad = false }
  name     = "planned-${each.key}"
  good     = each.value
}

resource "aws_s3_bucket_policy" "bucket" {
  for_each = { good = "Deny", bad = "Allow" }
  bucket   = module.bucket[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = each.value
      Principal = "*"
      Action    = "s3:*"
      Resource  = ["arn:aws:s3:::planned-${each.key}", "arn:aws:s3:::planned-${each.key}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

# Security groups, with rules in all three forms.
resource "aws_security_group" "inline" {
  name = "planned-inline"
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}

resource "aws_security_group" "separate" {
  count = 2
  name  = "planned-separate-${count.index}"
}

resource "aws_security_group_rule" "separate" {
  count             = 2
  type              = "ingress"
  security_group_id = aws_security_group.separate[count.index].id
  from_port         = 3389
  to_port           = 3389
  protocol          = "tcp"
  cidr_blocks       = [count.index == 0 ? "10.0.0.0/8" : "0.0.0.0/0"]
}

resource "aws_security_group" "new" {
  for_each = toset(["10.0.0.0/8", "0.0.0.0/0"])
  name     = "planned-new-${each.key == "0.0.0.0/0" ? "bad" : "good"}"
}

resource "aws_vpc_security_group_ingress_rule" "new" {
  for_each          = aws_security_group.new
  security_group_id = each.value.id
  cidr_ipv4         = each.key
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
}

resource "aws_vpc_security_group_egress_rule" "new" {
  for_each          = aws_security_group.new
  security_group_id = each.value.id
  cidr_ipv4         = each.key
  ip_protocol       = "-1"
}

# IAM.
resource "aws_iam_policy" "good" {
  name   = "planned-good"
  policy = local.little
}

resource "aws_iam_policy" "bad" {
  name   = "planned-bad"
  policy = local.everything
}

resource "aws_iam_role" "good" {
  name                 = "planned-good"
  assume_role_policy   = local.assume
  permissions_boundary = aws_iam_policy.good.arn
}

resource "aws_iam_role_policy" "good" {
  role   = aws_iam_role.good.id
  policy = local.little
}

resource "aws_iam_role_policy_attachment" "good" {
  role       = aws_iam_role.good.name
  policy_arn = aws_iam_policy.good.arn
}

resource "aws_iam_role" "bad" {
  name = "planned-bad"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::999999999999:root" } }]
  })
}

resource "aws_iam_role_policy" "bad" {
  name   = "everything"
  role   = aws_iam_role.bad.id
  policy = local.everything
}

resource "aws_iam_role_policy_attachment" "bad" {
  role       = aws_iam_role.bad.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_user" "all" {
  for_each = toset(["good", "bad"])
  name     = "planned-${each.key}"
}

resource "aws_iam_user_policy" "bad" {
  name   = "everything"
  user   = aws_iam_user.all["bad"].name
  policy = local.everything
}

resource "aws_iam_user_policy_attachment" "bad" {
  user       = aws_iam_user.all["bad"].name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_group" "bad" {
  name = "planned-bad"
}

resource "aws_iam_group_policy" "bad" {
  name   = "everything"
  group  = aws_iam_group.bad.name
  policy = local.everything
}

# Keys.
resource "aws_kms_key" "good" {
  enable_key_rotation = true
}

resource "aws_kms_key" "bad" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "*" }, Action = "kms:*", Resource = "*" }]
  })
}

# Queues and topics.
resource "aws_sqs_queue" "all" {
  for_each = toset(["good", "bad"])
  name     = "planned-${each.key}"
}

resource "aws_sqs_queue_policy" "bad" {
  queue_url = aws_sqs_queue.all["bad"].id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "sqs:SendMessage", Resource = "*" }]
  })
}

resource "aws_sns_topic" "all" {
  for_each = toset(["good", "bad"])
  name     = "planned-${each.key}"
}

resource "aws_sns_topic_policy" "bad" {
  arn = aws_sns_topic.all["bad"].arn
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "sns:Publish", Resource = "*" }]
  })
}

# Functions.
resource "aws_lambda_function" "all" {
  for_each      = { good = "nothing", bad = "AKIAIOSFODNN7EXAMPLE" }
  function_name = "planned-${each.key}"
  role          = aws_iam_role.good.arn
  runtime       = each.key == "good" ? "python3.12" : "python3.8"
  handler       = "index.handler"
  filename      = "${path.module}/function.zip"
  environment {
    variables = { SETTING = each.value }
  }
}

# Tables.
resource "aws_dynamodb_table" "all" {
  for_each     = { good = true, bad = false }
  name         = "planned-${each.key}"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"
  attribute {
    name = "id"
    type = "S"
  }
  point_in_time_recovery {
    enabled = each.value
  }
}

resource "aws_dynamodb_table" "unset" {
  name         = "planned-unset"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"
  attribute {
    name = "id"
    type = "S"
  }
}

# Log groups.
resource "aws_cloudwatch_log_group" "all" {
  for_each          = { good = 30, bad = 0 }
  name              = "/planned/${each.key}"
  retention_in_days = each.value
}

# Volumes and instances.
resource "aws_ebs_volume" "all" {
  for_each          = { good = true, bad = false }
  availability_zone = "${var.region}a"
  size              = 1
  encrypted         = each.value
}

resource "aws_instance" "all" {
  for_each      = { for name, tokens in { good = "required", bad = "optional" } : name => tokens if !var.applied_to_local_aws }
  ami           = "ami-0c55b159cbfafe1f0"
  instance_type = "t3.micro"
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = each.value
    http_put_response_hop_limit = 1
  }
}

# Databases.
resource "aws_db_instance" "all" {
  for_each                = { for name, good in { good = true, bad = false } : name => good if !var.applied_to_local_aws }
  identifier              = "planned-${each.key}"
  instance_class          = "db.t3.micro"
  engine                  = "postgres"
  username                = "planned"
  password                = "not-a-secret-1"
  allocated_storage       = 10
  storage_encrypted       = each.value
  publicly_accessible     = !each.value
  backup_retention_period = each.value ? 14 : 0
  skip_final_snapshot     = true
}

resource "aws_rds_cluster" "all" {
  for_each                = { good = true, bad = false }
  cluster_identifier      = "planned-${each.key}"
  engine                  = "aurora-postgresql"
  master_username         = "planned"
  master_password         = "not-a-secret-1"
  storage_encrypted       = each.value
  backup_retention_period = each.value ? 14 : 1
  skip_final_snapshot     = true
}

# Task definitions.
resource "aws_ecs_task_definition" "all" {
  for_each = { good = false, bad = true }
  family   = "planned-${each.key}"
  container_definitions = jsonencode([{
    name        = "app"
    image       = "app:1"
    memory      = 128
    essential   = true
    privileged  = each.value
    environment = [{ name = "API_TOKEN", value = each.value ? "s3cr3t-value-of-it" : "" }]
  }])
}
