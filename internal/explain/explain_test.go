package explain_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/explain"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
)

const sinksText = `broker: {url: amqp://localhost}
state_dir: state
users: {mine: [alice]}
sinks:
  - {name: all, type: log}
  - {name: fedora, type: log, topics: ["org.*.buildsys.#"]}
  - {name: shared, type: log, queue: {declare: none, name: q, exclusive: false}, states: [FAILED]}
  - {name: long, type: log, when: 'task.duration > seconds("1h")'}
  - {name: files, type: file, path: e.jsonl}
`

const closed = `{"exchange": "amq.topic", "routing_key": "koji.task.closed", "properties": {"headers": {"type": "TaskStateChange", "method": "build"}}, "body": {"attribute": "state", "old": "OPEN", "new": "CLOSED", "info": {"id": 7, "method": "build", "state": 2, "parent": null}}}` + "\n"

// run explains a recording and returns the output.
func run(t *testing.T, recorded string, o explain.Options) (out, stderr string, err error) {
	t.Helper()
	c, err := config.Parse("k.yaml", []byte(sinksText), os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	var outBuf, errBuf bytes.Buffer
	streams := cliutil.Streams{In: strings.NewReader(recorded), Out: &outBuf, Err: &errBuf}
	if o.File == "" {
		o.File = "-"
	}
	err = explain.Run(t.Context(), streams, c, o)
	return outBuf.String(), errBuf.String(), err
}

func TestExplainNamesTheKeyThatRejectsAnEvent(t *testing.T) {
	out, _, err := run(t, closed, explain.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := `1  TaskStateChange: build closed
  all: yes
  fedora: no, topics: none takes koji.task.closed
  shared: no, states
  long: no, when: task.duration > seconds("1h")
  files: yes
`
	if out != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}

func TestExplainOneSink(t *testing.T) {
	out, _, err := run(t, closed, explain.Options{Sink: "files", Show: true})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out, "files: yes\n    | append to ") || strings.Contains(out, "all:") {
		t.Errorf("got\n%s", out)
	}
	_, _, err = run(t, closed, explain.Options{Sink: "file"})
	if err == nil || !strings.Contains(err.Error(), `there is no sink "file"`) {
		t.Errorf("an unknown sink: %v", err)
	}
}

// TestExplainGoesOnAfterBadLines checks that each bad line is reported with its position, and
// that the result is an error.
func TestExplainGoesOnAfterBadLines(t *testing.T) {
	const unparseable = `{"exchange": "amq.topic", "routing_key": "koji.task.open", "properties": {"headers": {"type": "TaskStateChange"}}, "body_base64": "e2F9"}` + "\n"
	out, stderr, err := run(t, "no JSON\n"+unparseable+closed, explain.Options{Sink: "all"})
	if !errors.Is(err, pipeline.ErrUnparseable) || !strings.HasSuffix(err.Error(), ": 2") {
		t.Errorf("got %v, want 2 lines that cannot be read", err)
	}
	if !strings.Contains(stderr, "stdin:1: ") || !strings.Contains(stderr, "stdin:2: ") {
		t.Errorf("stderr: %s", stderr)
	}
	if out != "3  TaskStateChange: build closed\n  all: yes\n" {
		t.Errorf("stdout: %s", out)
	}
}

// TestExplainIsSafeOnATerminal checks that topics and summaries, which are untrusted, are
// escaped.
func TestExplainIsSafeOnATerminal(t *testing.T) {
	hostile := strings.NewReplacer("koji.task.closed", `koji.\u001b[2J`, `"method": "build"`, `"method": "b\u001b]0;x\u0007"`).Replace(closed)
	out, stderr, err := run(t, hostile, explain.Options{Show: true})
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out+stderr, "\x1b\x07") {
		t.Errorf("control characters in %q", out+stderr)
	}
}

func TestExplainEndsEarly(t *testing.T) {
	_, _, err := run(t, "", explain.Options{File: filepath.Join(t.TempDir(), "none.jsonl")})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	c, err := config.Parse("k.yaml", []byte(sinksText), os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, stderr bytes.Buffer
	err = explain.Run(ctx, cliutil.Streams{In: strings.NewReader(closed), Out: &out, Err: &stderr}, c, explain.Options{File: "-"})
	if !errors.Is(err, context.Canceled) || out.Len() > 0 {
		t.Errorf("after an interruption: %v, %q", err, &out)
	}
}
