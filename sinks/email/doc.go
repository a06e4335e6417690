// Package email is the sink that sends mails through an SMTP server. Each mail is plain
// text about all events since the last one; templates render the subject and the text of
// each event. docs/sinks.md is the documentation for users.
package email
