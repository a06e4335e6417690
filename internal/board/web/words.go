package web

import (
	"crypto/sha256"
	"encoding/hex"
	"html/template"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/board"
	"github.com/kojiwatch/kojiwatch/internal/statuspage"
	"github.com/kojiwatch/kojiwatch/sinks/format"
)

// parsePages reads the pages, each with what all have in common.
func parsePages() (map[string]*template.Template, error) {
	frame, err := statuspage.Add(template.New("frame.html"))
	if err != nil {
		return nil, err
	}
	frame, err = frame.Funcs(template.FuncMap{
		"clock": clock, "bare": bare, "iso": iso, "millis": millis, "share": share,
		"span": span, "moment": moment, "duration": duration, "first": first, "until": until, "titled": titled, "visible": format.Plain, "taskState": board.StateOf,
	}).ParseFS(files, "pages/frame.html")
	if err != nil {
		return nil, err
	}
	pages := map[string]*template.Template{}
	for _, name := range []string{"now.html", "entry.html", "campaigns.html", "campaign.html", "daemon.html", "error.html"} {
		page, err := frame.Clone()
		if err != nil {
			return nil, err
		}
		if pages[name], err = page.ParseFS(files, "pages/"+name); err != nil {
			return nil, err
		}
	}
	return pages, nil
}

// digestOfFiles names the files that pages refer to: browsers keep them until it changes.
func digestOfFiles() (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(files, "static", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := files.ReadFile(path)
		sum.Write(text)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)[:6]), err
}

// clock is a time as readers without JavaScript see it.
func clock(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("15:04 UTC")
}

// bare is a time beside another, which says the zone.
func bare(t time.Time) string { return strings.TrimSuffix(clock(t), " UTC") }

func iso(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// millis is a time as JavaScript counts it; "" for none.
func millis(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.UnixMilli(), 10)
}

// share is how much of a span is over, of a thousand. What is not known to be over never
// looks as if it were.
func share(from, to, now time.Time) int {
	whole := to.Sub(from)
	if from.IsZero() || to.IsZero() || whole <= 0 {
		return 0
	}
	return int(min(0.99, max(0, now.Sub(from).Seconds()/whole.Seconds())) * 1000)
}

func span(from, to time.Time) string {
	if from.IsZero() {
		return ""
	}
	return duration(to.Sub(from))
}

// titled is what the template of a wide section needs.
func titled(id, title string) map[string]string { return map[string]string{"ID": id, "Title": title} }

// until says in words how long it is to a time.
func until(at, now time.Time) string {
	if !at.After(now) {
		return "now"
	}
	return "in " + duration(at.Sub(now))
}

// duration says in short how long something took.
func duration(d time.Duration) string {
	switch d = max(0, d); {
	case d < time.Minute:
		return strconv.Itoa(int(d/time.Second)) + " s"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " min"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + " h " + strconv.Itoa(int(d%time.Hour/time.Minute)) + " min"
	}
	return strconv.Itoa(int(d/(24*time.Hour))) + " days"
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
