//go:build integration

package integration

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/smtpd"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/testca"
)

// mailServer starts a mail server with TLS and a login, and returns it with the
// keys of a sink that sends to it.
func mailServer(t *testing.T) (server *smtpd.Server, keys string) {
	t.Helper()
	dir := rig.TempDir(t)
	ca, err := testca.New("mail")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := ca.Server([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := pair.WriteFile(dir, "mail")
	if err != nil {
		t.Fatal(err)
	}
	authority, err := ca.WriteFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	password := filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte("hunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	server, err = smtpd.Launch(t.Context(), rig.TempDir(t), smtpd.Options{
		Certificate: certificate, User: "kojiwatch", Password: "hunter2", Mechanisms: []string{"PLAIN"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server, fmt.Sprintf(`server: %q
    smtp_tls: {ca_file: %q}
    smtp_user: kojiwatch
    smtp_password_file: %q
    from: Koji <koji@example.com>
    to: [builders@example.com]`, server.Addr(), authority, password)
}

// jsonMail is a template for mails in which each event is a line of JSON.
const jsonMail = `{"id": {{json .id}}, "task": {"id": {{or .task.id 0}}}, "build": {"id": {{or .build.id 0}}, "nvr": {{json .build.nvr}}}}`

// eventsOf returns the events in mails made by jsonMail.
func eventsOf(t *testing.T, mails []smtpd.Mail) []out {
	t.Helper()
	var all []out
	for _, m := range mails {
		read, err := mail.ReadMessage(strings.NewReader(m.Text))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(read.Body))
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(body) {
			var e out
			if line = bytes.TrimSpace(line); len(line) == 0 {
				continue
			}
			if err := json.Unmarshal(line, &e); err != nil {
				t.Fatalf("%v: %s", err, line)
			}
			all = append(all, e)
		}
	}
	return all
}

// TestEmailSink checks that events arrive as mails over TLS, in order, whatever the server
// does and even if the daemon is killed. An event that the server refuses becomes a dead
// letter.
func TestEmailSink(t *testing.T) {
	const n = 300
	v := rig.Broker(t)
	server, keys := mailServer(t)
	template := filepath.Join(t.TempDir(), "mail.tmpl")
	if err := os.WriteFile(template, []byte(jsonMail), 0o600); err != nil {
		t.Fatal(err)
	}
	config := sinkConfig(t, v.URL(), "email", fmt.Sprintf("%s\n    template_file: %q\n    batch: 8\n    interval: 10ms", keys, template))
	if err := server.Fail(3); err != nil {
		t.Fatal(err)
	}
	read := func() []out {
		mails, err := server.Mails()
		if err != nil {
			t.Fatal(err)
		}
		return eventsOf(t, mails)
	}
	d := rig.Daemon(t, "run", "--config", config)
	consuming(t, v)
	publish(t, v, recorded(t, n))
	rig.Eventually(t, patience, func() error { return atLeast(read(), n/3) })
	d.Kill()
	d = rig.Daemon(t, "run", "--config", config)
	allIn(t, n, read)
	empty(t, v, queue)
	ordered(t, read())
	if err := server.SetPolicy(smtpd.Policy{Data: "554 5.7.1 we do not want that"}); err != nil {
		t.Fatal(err)
	}
	publish(t, v, recorded(t, 2))
	holds(t, v, queue+".dead", 2)
	if h := get(t, v, queue+".dead").Headers; h["x-kojiwatch-reason"] != "refused" || !strings.Contains(fmt.Sprint(h["x-kojiwatch-error"]), "554") {
		t.Errorf("headers %v", h)
	}
	if strings.Contains(d.Stderr(), "hunter2") {
		t.Error("the password is in the log")
	}
	stop(t, d)
}
