// Package email is the sink that sends mails to people through a mail server
// (SMTP): plain text, one about what has come since the last, with the subject and
// the text of each event made by templates. docs/sinks.md describes it for its
// users.
package email
