"""Who and what belongs to a case: its people, the cases related to it, the stages of one matter."""
