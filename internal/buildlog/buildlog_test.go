package buildlog

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// TestWhichLogs checks which logs are chosen by the fault of a task and the sizes of its logs.
func TestWhichLogs(t *testing.T) {
	all := map[string]int64{"build.log": 5000, "root.log": 9000, "mock_output.log": 700, "state.log": 300, "hw_info.log": 1000, "build-ts.log": 50}
	without := func(name string, size int64) map[string]int64 {
		logs := maps.Clone(all)
		logs[name] = size
		return logs
	}
	const either = "BuildError: error building package (arch x86_64), mock exited with status 1; see build.log or root.log for more information"
	for name, test := range map[string]struct {
		task Task
		want string
	}{
		"mock says which":       {Task{Fault: "BuildError: error building package (arch x86_64), mock exited with status 10; see build.log for more information", Logs: all}, "build.log root.log mock_output.log"},
		"one of two":            {Task{Fault: either, Logs: all}, "build.log root.log mock_output.log"},
		"build.log is missing":  {Task{Fault: either, Logs: without("build.log", 0)}, "root.log mock_output.log"},
		"build.log has a title": {Task{Fault: either, Logs: without("build.log", 60)}, "root.log mock_output.log build.log"},
		"the build root":        {Task{Fault: "BuildrootError: could not init mock buildroot, mock exited with status 30; see root.log for more information", Logs: all}, "root.log mock_output.log build.log"},
		"Maven's packages":      {Task{Fault: "BuildrootError: error installing packages, mock exited with status 1; see mock_output.log for more information", Logs: all}, "mock_output.log"},
		"a checkout":            {Task{Fault: `BuildError: Error running GIT command "git clone x", see checkout.log for details`, Logs: without("checkout.log", 400)}, "checkout.log"},
		"patches":               {Task{Fault: "BuildError: error applying patches from x, see patches.log for details", Logs: without("patches.log", 400)}, "patches.log"},
		"an image":              {Task{Fault: "LiveCDError: Could not create LiveCD: livecd-creator exited with status 1; see root.log or livecd.log for more information", Logs: without("livecd.log", 400)}, "livecd.log root.log mock_output.log build.log"},
		"kiwi names none":       {Task{Fault: "GenericError: Kiwi failed", Logs: without("image-root.x86_64.log", 400)}, "image-root.x86_64.log root.log mock_output.log build.log"},
		"killed":                {Task{Fault: "BuildError: error building package (arch x86_64), mock was killed by signal 9; see root.log for more information", Logs: all}, ""},
		"the hub's own":         {Task{Fault: "GenericError: policy violation (tag)", Logs: all}, ""},
		"the logs are gone":     {Task{Fault: either}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(logsOf(&test.task), " "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestReadsLittle checks that only the ends of long logs are read, a bounded part of all
// together, and that a truncated line is ignored.
func TestReadsLittle(t *testing.T) {
	text := bytes.Repeat([]byte("a.c:1:1: error: this is the beginning of a long line and not the cause of it all\n"), 10_000)
	text = append(text, "mock goes on\n"...)
	logs := map[string][]byte{"build.log": bytes.Repeat([]byte("nothing\n"), 100_000), "root.log": bytes.Repeat([]byte("nothing\n"), 100_000), "mock_output.log": text}
	task := Task{Fault: "mock exited with status 1; see build.log or root.log", Logs: map[string]int64{}}
	for name, log := range logs {
		task.Logs[name] = int64(len(log))
	}
	total := int64(0)
	var order []string
	_, err := Find(&task, func(name string, offset, size int64) ([]byte, error) {
		total += size
		order = append(order, name)
		return logs[name][offset : offset+size], nil
	})
	if err != nil || total > MaxRead || !slices.Equal(order, []string{"build.log", "root.log", "mock_output.log"}) {
		t.Errorf("read %d bytes of %v: %v", total, order, err)
	}
	cut, err := readEnd(&Task{Logs: map[string]int64{"a": 1000}}, "a", 160, func(string, int64, int64) ([]byte, error) {
		return []byte("the rest of a line\nwhole\n"), nil
	})
	if err != nil || string(cut) != "whole\n" {
		t.Errorf("got %q, %v", cut, err)
	}
}

func TestReadFails(t *testing.T) {
	failure := errors.New("the hub is down")
	task := Task{Fault: "see build.log", Logs: map[string]int64{"build.log": 500}}
	_, err := Find(&task, func(string, int64, int64) ([]byte, error) { return nil, failure })
	if !errors.Is(err, failure) {
		t.Errorf("got %v", err)
	}
}

func TestForPeople(t *testing.T) {
	for name, test := range map[string]struct{ line, want string }{
		"plain":                {"a.c:1:2: error: no", "a.c:1:2: error: no"},
		"a user in a URL":      {"fatal: https://robot:hunter2@src.example.com/x", "fatal: https://src.example.com/x"},
		"a token as user":      {"git clone https://ghp_abcdefgh0123@src.example.com/x", "git clone https://src.example.com/x"},
		"in a query":           {"GET https://x.example.com/?a=1&access_token=abc&b=2", "GET https://x.example.com/?a=1&access_token=***&b=2"},
		"a header":             {"Authorization: Basic cm9ib3Q6aHVudGVyMg==", "Authorization: Basic ***"},
		"a bearer":             {"sent bearer abcdef.ghijkl-mno", "sent bearer ***"},
		"a variable":           {`NPM_TOKEN="npm_123456" make`, `NPM_TOKEN="***" make`},
		"a password":           {"user=bob password: hunter2", "user=bob password: ***"},
		"an option":            {"upload --token abc123 x", "upload --token *** x"},
		"JSON":                 {`{"api_token": "abc123", "n": 1}`, `{"api_token": "***", "n": 1}`},
		"a parser's token":     {"a.js:3: SyntaxError: Unexpected token: punc (})", "a.js:3: SyntaxError: Unexpected token: punc (})"},
		"a comparison":         {"a.c:1:1: error: if (token == NULL || token==x)", "a.c:1:1: error: if (token == NULL || token==x)"},
		"a signature":          {"error: invalid signature: key is unknown", "error: invalid signature: key is unknown"},
		"a known form":         {"using glpat-abcdefghijkl", "using ***"},
		"a JWT":                {"got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln", "got ***"},
		"a session of Koji's":  {"/kojihub?session-id=1&session-key=123-abc&callnum=3", "/kojihub?session-id=1&session-key=***&callnum=3"},
		"escape sequences":     {"\x1b]0;x\a\x1b[31mred\x1b[0m", "]0;x[31mred[0m"},
		"direction of writing": {"a\u202eb\u2066", "ab"},
		"invalid UTF-8":        {"a\xffb", "a\ufffdb"},
		"white space":          {"a\t\u2028 b\r\n", "a b"},
		"a long line":          {strings.Repeat("é", 1000), strings.Repeat("é", maxLine-1) + "…"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := forPeople(test.line); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestNothingInTheFault checks that a task without a fault and logs has no cause.
func TestNothingInTheFault(t *testing.T) {
	if got, err := Find(&Task{}, nil); err != nil || got != (Cause{Kind: Other}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func FuzzFind(f *testing.F) {
	for _, form := range readForms(f, "forms") {
		f.Add(form.task.Fault, form.logs["build.log"], form.logs["root.log"])
	}
	f.Fuzz(func(t *testing.T, fault string, build, root []byte) {
		logs := map[string][]byte{"build.log": build, "root.log": root}
		task := Task{Fault: fault, Logs: map[string]int64{"build.log": int64(len(build)), "root.log": int64(len(root))}}
		got, err := Find(&task, func(name string, offset, size int64) ([]byte, error) { return logs[name][offset : offset+size], nil })
		if err != nil {
			t.Fatal(err)
		}
		if !utf8.ValidString(got.Line) || utf8.RuneCountInString(got.Line) > maxLine || strings.ContainsFunc(got.Line, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("the line is not safe to show: %q", got.Line)
		}
		if got.Kind == "" || got.Log != "" && logs[got.Log] == nil {
			t.Errorf("got %+v", got)
		}
	})
}

// TestKinds: all kinds that a failure can be of are among Kinds, and none is twice.
func TestKinds(t *testing.T) {
	known := map[Kind]bool{}
	for _, k := range Kinds() {
		if known[k] {
			t.Errorf("%s is twice", k)
		}
		known[k] = true
	}
	for _, list := range [][]rule{buildRules, setupRules, faultRules} {
		for i := range list {
			if k := list[i].kind; k != "" && !known[k] { // without a kind it is that of the section
				t.Errorf("a rule has the kind %q", k)
			}
		}
	}
}
