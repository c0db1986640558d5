"""Facts about AWS, written by `python -m maintenance.import_facts`: change `maintenance/facts`, then `make facts`."""
