"""``python -m compliance_tf`` is ``compliance-tf``."""

from compliance_tf.cli.main import main

if __name__ == "__main__":
    main()
