package format

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// Plain shows what is invisible in a text for people, but leaves a backslash one.
func Plain(text string) string {
	return strings.ReplaceAll(string(AppendVisible(nil, text)), `\\`, `\`)
}

// maxLink bounds a link, in bytes.
const maxLink = 250

// Link is an http or https address that can stand in any markup, or nothing.
func Link(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || len(address) > maxLink || strings.ContainsAny(address, "<>()[]|\\\"'` ") {
		return ""
	}
	return u.String()
}

// Truncate cuts a text to n characters, of which the last shows that it was cut.
// With n below 1 it is not cut.
func Truncate(text string, n int) string {
	if n < 1 || len(text) <= n || utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n-1]) + "…"
}

// Slack escapes for Slack's mrkdwn, in which <!channel> and <@user> are
// mentions.
func Slack(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// Markdown escapes for Markdown, and breaks mentions: an @ is followed by a word
// joiner.
func Markdown(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("\\`*_{}[]<>()#+-!|~:", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		if r == '@' {
			b.WriteRune('\u2060')
		}
	}
	return b.String()
}
