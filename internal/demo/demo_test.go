package demo

import (
	"bytes"
	"context"
	"testing"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
)

// interrupting ends the context at the first event.
type interrupting context.CancelFunc

func (i interrupting) Write(p []byte) (int, error) {
	i()
	return len(p), nil
}

// TestCtrlC: whoever has seen enough still learns what to do next, and gets no error.
func TestCtrlC(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var said bytes.Buffer
	if err := Play(ctx, cliutil.Streams{Out: interrupting(cancel), Err: &said}, Options{Format: "text"}); err != nil {
		t.Error(err)
	}
	if !bytes.HasSuffix(said.Bytes(), []byte(next)) {
		t.Errorf("it ends with: %s", &said)
	}
	if ctx.Err() == nil {
		t.Error("nothing was shown")
	}
}
