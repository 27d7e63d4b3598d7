"""The only I/O: the component and its mailboxes, storage, the postman, the clock."""
