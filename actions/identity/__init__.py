"""Who somebody is: codes, bindings of chats to people, sessions in a browser, the people of a party."""
