//go:build integration

package email_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig/smtpd"
	"github.com/kojiwatch/kojiwatch/sinks/email"
	"github.com/kojiwatch/kojiwatch/sinks/sinktest"
)

// TestLogin checks that the sink logs in by PLAIN or LOGIN, whichever is offered, with
// the current password, and never without TLS.
func TestLogin(t *testing.T) {
	for _, mechanism := range []string{"PLAIN", "LOGIN"} {
		w := launch(t, smtpd.Options{User: "kojiwatch", Password: "hunter2 é", Mechanisms: []string{mechanism}})
		o := w.secure(t)
		password := "wrong"
		o.User, o.Password = "kojiwatch", func() (string, error) { return password, nil }
		err := newSink(t, o).Send(t.Context(), sinktest.Events(0, 1))
		wantOutage(t, "a wrong password", err)
		if !strings.Contains(err.Error(), "535") {
			t.Errorf("got %v", err)
		}
		password = "hunter2 é"
		if got := sent(t, w.Server, o).User; got != "kojiwatch" {
			t.Errorf("%s: logged in as %q", mechanism, got)
		}
		o.User = ""
		wantOutage(t, "no login", newSink(t, o).Send(t.Context(), sinktest.Events(0, 1)))
	}
	plain := start(t, smtpd.Options{User: "kojiwatch", Password: "hunter2", Mechanisms: []string{"PLAIN"}})
	o := options(t, plain)
	o.Security, o.User = email.Plain, "kojiwatch"
	o.Password = func() (string, error) { t.Error("the password was read"); return "hunter2", nil }
	wantOutage(t, "no TLS", newSink(t, o).Send(t.Context(), sinktest.Events(0, 1)))
}

// TestNobodyThere checks that an unreachable or slow server is an outage.
func TestNobodyThere(t *testing.T) {
	w := launch(t, smtpd.Options{})
	release, err := w.Hold()
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	o := w.secure(t)
	o.Timeout = 300 * time.Millisecond
	wantOutage(t, "too slow", newSink(t, o).Send(t.Context(), sinktest.Events(0, 1)))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := newSink(t, w.secure(t)).Send(ctx, sinktest.Events(0, 1)); err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("got %v", err)
	}
	w.Close()
	wantOutage(t, "gone", newSink(t, w.secure(t)).Send(t.Context(), sinktest.Events(0, 1)))
}
