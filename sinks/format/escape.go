package format

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Plain shows what is invisible in a text for people, but leaves a backslash one.
func Plain(text string) string {
	return strings.ReplaceAll(string(AppendVisible(nil, text)), `\\`, `\`)
}

// OneLine is Plain for what must end nowhere but at its own end, such as a header:
// control characters, line ends among them, are spaces, and it is cut at most bytes.
func OneLine(text string, most int) string {
	cut := strings.ToValidUTF8(text[:min(len(text), most)], "")
	return Plain(strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, cut)))
}

// Header is OneLine for a header that mail programs or ntfy decode (RFC 2047): what
// looks like the beginning of an encoded word is none.
func Header(text string, most int) string {
	return strings.ReplaceAll(OneLine(text, most), "=?", "= ?")
}

// maxLink bounds a link, in bytes.
const maxLink = 250

// Link returns an http or https address that can stand in any markup, "" for any
// other address.
func Link(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || len(address) > maxLink || strings.ContainsAny(address, "<>()[]|\\\"'` ") {
		return ""
	}
	if address = u.String(); strings.ContainsFunc(address, func(r rune) bool { return r > unicode.MaxASCII }) {
		return "" // what is in a query is left as it came
	}
	return address
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
// mentions. There is no escape for a backtick, which would take the links behind
// it into code, so it becomes an apostrophe.
func Slack(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "`", "'").Replace(text)
}

// HTML escapes for HTML, and breaks mentions as Markdown does.
func HTML(text string) string { return Unmention(html.EscapeString(text)) }

// Unmention breaks mentions: an @ is followed by a word joiner.
func Unmention(text string) string { return strings.ReplaceAll(text, "@", "@\u2060") }

// Markdown escapes for Markdown as CommonMark has it, where a backslash stands before
// any punctuation, and breaks mentions.
func Markdown(text string) string { return Unmention(backslash(text, "\\`*_{}[]<>()#+-!|~:")) }

// Mattermost escapes for Mattermost's renderer, which shows a backslash before anything
// but its own list of characters (the rule "escape" of its fork of marked), and breaks
// mentions and names of emoji.
func Mattermost(text string) string {
	return Unmention(emoji.ReplaceAllString(backslash(text, "\\`*_{}[]()#+-!|~>"), ":\u2060$1"))
}

var emoji = regexp.MustCompile(`:([a-zA-Z])`)

// Discord escapes for Discord, which shows a backslash before what has no meaning where it
// stands: headings, quotes and lists only begin lines. It breaks mentions.
func Discord(text string) string {
	text = backslash(text, "\\`*_~|[]<")
	if strings.IndexAny(text, "#>-+") == 0 {
		text = `\` + text
	}
	return Unmention(text)
}

// backslash puts a backslash before each of some characters.
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
