package exchange

import (
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/huberror"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/printable"
)

// httpError returns the error for an answer that is not the hub's.
func httpError(resp *http.Response, page string) error {
	e := &huberror.HTTPError{Status: resp.StatusCode, Text: pageText(page)}
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && seconds > 0 {
		e.RetryAfter = time.Duration(min(seconds, 24*60*60)) * time.Second
	}
	if resp.StatusCode/100 == 3 {
		e.Text = "it redirects"
		if to, err := url.Parse(resp.Header.Get("Location")); err == nil && to.Path != "" {
			to.User, to.RawQuery, to.Fragment = nil, "", ""
			e.Text += " to " + printable.Line(to.String(), printable.MaxError)
		}
		e.Text += "; the server's URL must be the one at the end"
	}
	return e
}

// pageText extracts the text of an HTML page, or of its body if it has one.
func pageText(page string) string {
	var b strings.Builder
	for page != "" {
		text, rest, isTag := strings.Cut(page, "<")
		b.WriteString(text)
		b.WriteByte(' ')
		if !isTag {
			break
		}
		var tag string
		tag, page, _ = strings.Cut(rest, ">")
		if len(tag) >= 4 && strings.EqualFold(tag[:4], "body") {
			b.Reset()
		}
	}
	return printable.Line(html.UnescapeString(b.String()), printable.MaxError)
}
