package format

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Plain is AppendVisible for messages to people: it does not escape backslashes.
func Plain(text string) string {
	return strings.ReplaceAll(string(AppendVisible(nil, text)), `\\`, `\`)
}

// OneLine is Plain for text that must be a single line, such as a header: it replaces
// control characters and line ends with spaces, and cuts text to at most most bytes.
func OneLine(text string, most int) string {
	cut := strings.ToValidUTF8(text[:min(len(text), most)], "")
	return Plain(strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, cut)))
}

// Header is OneLine for a header that mail programs or ntfy decode (RFC 2047): it breaks
// anything that looks like the beginning of an encoded word.
func Header(text string, most int) string {
	return strings.ReplaceAll(OneLine(text, most), "=?", "= ?")
}

// maxLink bounds a link, in bytes.
const maxLink = 250

// Link returns address if it is an http or https URL that is safe in any markup, else "".
func Link(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || len(address) > maxLink || strings.ContainsAny(address, "<>()[]|\\\"'` ") {
		return ""
	}
	if address = u.String(); strings.ContainsFunc(address, func(r rune) bool { return r > unicode.MaxASCII }) {
		return "" // String does not escape the query
	}
	return address
}

// Truncate cuts a text to n characters, the last of which is an ellipsis. If n is less
// than 1, it returns the whole text.
func Truncate(text string, n int) string {
	if n < 1 || len(text) <= n || utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n-1]) + "…"
}

// Slack escapes for Slack's mrkdwn, in which <!channel> and <@user> are
// mentions. A backtick, which cannot be escaped and would turn later links into code,
// becomes an apostrophe.
func Slack(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "`", "'").Replace(text)
}

// HTML escapes for HTML, and breaks mentions.
func HTML(text string) string { return Unmention(html.EscapeString(text)) }

// Unmention breaks mentions by inserting a word joiner after each @.
func Unmention(text string) string { return strings.ReplaceAll(text, "@", "@\u2060") }

// Markdown escapes for CommonMark, in which a backslash may escape any punctuation, and
// breaks mentions.
func Markdown(text string) string { return Unmention(backslash(text, "\\`*_{}[]<>()#+-!|~:")) }

// Mattermost escapes for Mattermost's renderer, in which a backslash escapes only some
// characters (the rule "escape" of its fork of marked), and breaks mentions and names of
// emoji.
func Mattermost(text string) string {
	return Unmention(emoji.ReplaceAllString(backslash(text, "\\`*_{}[]()#+-!|~>"), ":\u2060$1"))
}

var emoji = regexp.MustCompile(`:([a-zA-Z])`)

// Discord escapes for Discord, and breaks mentions. Discord shows a backslash before a
// character that has no meaning at its place, so the characters of headings, quotes and
// lists are escaped only at the beginning.
func Discord(text string) string {
	text = backslash(text, "\\`*_~|[]<")
	if strings.IndexAny(text, "#>-+") == 0 {
		text = `\` + text
	}
	return Unmention(text)
}

// backslash puts a backslash before each character of text that is in special.
func backslash(text, special string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune(special, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
