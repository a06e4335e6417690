package format_test

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks/format"
)

func TestVisible(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"plain":                {"python3 příště 李雷", "python3 příště 李雷"},
		"escape sequence":      {"\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`},
		"line ends":            {"a\nb\rc", `a\nb\x0dc`},
		"tab":                  {"a\tb", `a\tb`},
		"direction of writing": {"a\u202eb", `a\u202eb`},
		"zero width":           {"a\u200bb", `a\u200bb`},
		"a bell and a delete":  {"\a\x7f", `\x07\x7f`},
		"C1 control":           {"\u009b31m", `\u009b31m`},
		"invalid UTF-8":        {"a\xffb", `a\xffb`},
		"backslash":            {`a\x1b`, `a\\x1b`},
		"a tag character":      {"\U000e0041", `\U000e0041`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := string(format.AppendVisible(nil, tt.text)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("\x1b]0;title\a")
	f.Fuzz(func(t *testing.T, text string) {
		got := string(format.AppendVisible(nil, text))
		if !utf8.ValidString(got) {
			t.Fatalf("invalid UTF-8: %q", got)
		}
		for _, r := range got {
			if !unicode.IsPrint(r) {
				t.Fatalf("%q is not visible in %q", r, got)
			}
		}
	})
}

func TestLine(t *testing.T) {
	failed := &event.Event{
		Type: event.TaskStateChange, New: "FAILED", Summary: "zsh build failed after 4 sec",
		URL:        "https://koji.example.com/koji/taskinfo?taskID=7",
		ReceivedAt: time.Date(2026, 11, 22, 7, 31, 0, 0, time.UTC),
	}
	tests := map[string]struct {
		e     *event.Event
		color bool
		want  string
	}{
		"plain": {failed, false, "07:31:00 FAILED   zsh build failed after 4 sec https://koji.example.com/koji/taskinfo?taskID=7\n"},
		"coloured": {failed, true, "\x1b[2m07:31:00\x1b[0m \x1b[31mFAILED  \x1b[0m zsh build failed after 4 sec " +
			"\x1b[2mhttps://koji.example.com/koji/taskinfo?taskID=7\x1b[0m\n"},
		"no time, no sentence": {&event.Event{Type: event.Unknown, Topic: "a.b"}, false, "--:--:-- UNKNOWN  a.b\n"},
		"hostile": {
			&event.Event{Type: event.Tag, Summary: "a\x1b]0;x\a\nFAILED", URL: "https://h/\x1b"}, false,
			`--:--:-- TAG      a\x1b]0;x\x07\nFAILED https://h/\x1b` + "\n",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			text := format.Text{Color: tt.color, Location: time.UTC}
			if got := string(text.AppendLine(nil, tt.e)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestLineFitsATerminal(t *testing.T) {
	e := &event.Event{
		Type: event.BuildStateChange, New: "BUILDING", Summary: "alice's bash-5.2-1.fc44 is building, done about 14:32 (14:20–15:05) CET",
		URL:        "https://koji.example.com/koji/buildinfo?buildID=7",
		ReceivedAt: time.Date(2026, 11, 22, 7, 31, 0, 0, time.UTC),
	}
	tests := map[string]struct {
		width int
		links bool
		want  string
	}{
		"wide": {160, false, "07:31:00 BUILDING alice's bash-5.2-1.fc44 is building, done about 14:32 (14:20–15:05) CET " +
			"https://koji.example.com/koji/buildinfo?buildID=7\n"},
		"100 columns": {100, false, "07:31:00 BUILDING alice's bash-5.2-1.fc44 is building, done about 14:32 (14:20–15:05) CET\n"},
		"80 columns": {80, false, "07:31:00 BUILDING alice's bash-5.2-1.fc44 is building, done about 14:32\n" +
			"                  (14:20–15:05) CET\n"},
		"60 columns, hyperlinks": {60, true, "07:31:00 BUILDING " +
			"\x1b]8;;https://koji.example.com/koji/buildinfo?buildID=7\x1b\\alice's bash-5.2-1.fc44 is building, done\n" +
			"                  about 14:32 (14:20–15:05) CET\x1b]8;;\x1b\\\n"},
		"too narrow to wrap": {30, false, "07:31:00 BUILDING alice's bash-5.2-1.fc44 is building, done about 14:32 (14:20–15:05) CET\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			text := format.Text{Location: time.UTC, Links: tt.links, Width: func() int { return tt.width }}
			if got := string(text.AppendLine(nil, e)); got != tt.want {
				t.Errorf("got\n%q\nwant\n%q", got, tt.want)
			}
		})
	}
}

// TestEveryTypeHasAWord checks that the line of every type of event says what happened.
func TestEveryTypeHasAWord(t *testing.T) {
	for _, typ := range event.Types() {
		line := string((&format.Text{}).AppendLine(nil, &event.Event{Type: typ, New: "OPEN"}))
		if len(strings.Fields(line)) < 2 {
			t.Errorf("%s: %q", typ, line)
		}
	}
}

func TestEscapes(t *testing.T) {
	for got, want := range map[string]string{
		format.Slack("<!here> & <b>"):             "&lt;!here&gt; &amp; &lt;b&gt;",
		format.Markdown("@all a_b"):               "@\u2060all a\\_b",
		format.Plain("a\\b\x1b"):                  `a\b\x1b`,
		format.Truncate("příště", 4):              "pří…",
		format.Truncate("příště", 6):              "příště",
		format.Link("https://a.test/x?y=1"):       "https://a.test/x?y=1",
		format.Link("javascript:alert(1)"):        "",
		format.Link("https://a.test/)](https://"): "",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
