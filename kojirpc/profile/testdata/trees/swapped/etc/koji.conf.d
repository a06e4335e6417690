[koji]
server = from-file
weburl = from-file
