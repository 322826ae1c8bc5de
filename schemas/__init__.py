"""What comes in from outside, turned into typed values or refused with a sentence: definition files, forms."""
