"""What an export consists of: splits, crops, tables, COCO boxes, the card and its pictures."""
