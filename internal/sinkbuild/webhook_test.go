package sinkbuild

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/delivery"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/testca"
	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/sinktest"
)

// sinkOf builds a sink with the given keys.
func sinkOf(t *testing.T, keys string) sinks.Sink {
	t.Helper()
	text := "broker: {url: amqp://localhost}\nsinks:\n  - name: out\n    " + strings.ReplaceAll(keys, "\n", "\n    ")
	c, err := config.Parse("/k.yaml", []byte(text), os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	sink, err := New(c, &c.Sinks[0], Deps{
		Streams: cliutil.Streams{Out: io.Discard, Err: io.Discard}, Logs: cliutil.Log{Logger: zerolog.Nop(), Writer: io.Discard},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sink.Close() })
	return sink
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestWebhookTLS checks that the configured CA is trusted, and that the receiver gets the
// client certificate.
func TestWebhookTLS(t *testing.T) {
	dir := t.TempDir()
	ca, err := testca.New("receivers")
	if err != nil {
		t.Fatal(err)
	}
	server, err := ca.Server([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	client, err := ca.Client("kojiwatch")
	if err != nil {
		t.Fatal(err)
	}
	authority, err := ca.WriteFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := client.WriteFile(dir, "client")
	if err != nil {
		t.Fatal(err)
	}
	who := ""
	receiver := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		who = r.TLS.PeerCertificates[0].Subject.CommonName
	}))
	receiver.Config.ErrorLog = nil
	receiver.TLS = &tls.Config{Certificates: []tls.Certificate{server.TLS}, ClientCAs: ca.Pool(), ClientAuth: tls.RequireAndVerifyClientCert}
	receiver.StartTLS()
	defer receiver.Close()
	for name, tt := range map[string]struct {
		tls string
		ok  bool
	}{
		"with a certificate":   {fmt.Sprintf("{ca_file: %q, cert_file: %q, key_file: %q}", authority, certificate, certificate), true},
		"without one":          {fmt.Sprintf("{ca_file: %q}", authority), false},
		"an unknown authority": {fmt.Sprintf("{cert_file: %q, key_file: %q}", certificate, certificate), false},
	} {
		t.Run(name, func(t *testing.T) {
			who = ""
			sink := sinkOf(t, fmt.Sprintf("type: webhook\nurl: %q\nhttp_tls: %s", receiver.URL, tt.tls))
			err := sink.Send(t.Context(), sinktest.Events(0, 1))
			if (err == nil) != tt.ok || tt.ok != (who == "kojiwatch") || sinks.IsRefusal(err) {
				t.Errorf("got %v, the receiver saw %q", err, who)
			}
		})
	}
}

// TestWebhookSecrets checks that secrets are read from their files for each request, and that
// errors do not contain them.
func TestWebhookSecrets(t *testing.T) {
	dir := t.TempDir()
	token, signing, address := filepath.Join(dir, "token"), filepath.Join(dir, "signing"), filepath.Join(dir, "url")
	var got http.Header
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		if !strings.HasSuffix(r.URL.Path, "/right") {
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	defer receiver.Close()
	write(t, token, "first\n")
	write(t, signing, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")
	write(t, address, receiver.URL+"/s3cret/wrong\n")
	sink := sinkOf(t, fmt.Sprintf("type: webhook\nurl_file: %q\nbearer_token_file: %q\nsigning_secret_file: %q", address, token, signing))
	err := sink.Send(t.Context(), sinktest.Events(0, 1))
	if !sinks.IsRefusal(err) || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("got %v", err)
	}
	write(t, address, receiver.URL+"/s3cret/right\n")
	write(t, token, "second\n")
	write(t, signing, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n")
	if err := sink.Send(t.Context(), sinktest.Events(0, 1)); err != nil {
		t.Fatal(err)
	}
	if got.Get("Authorization") != "Bearer second" || len(strings.Fields(got.Get("Webhook-Signature"))) != 2 {
		t.Errorf("headers %v", got)
	}
	for _, file := range []string{token, signing, address} {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		err := sink.Send(t.Context(), sinktest.Events(0, 1))
		if !delivery.IsOutage(err) || !strings.Contains(err.Error(), file) {
			t.Errorf("without %s: %v", file, err)
		}
		write(t, file, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	}
}

func TestWebhookBasicAuth(t *testing.T) {
	user, password := "", ""
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		user, password, _ = r.BasicAuth()
	}))
	defer receiver.Close()
	sink := sinkOf(t, fmt.Sprintf("type: webhook\nurl: %q\nbasic_user: me\nbasic_password: \"p:w\"", receiver.URL))
	if err := sink.Send(t.Context(), sinktest.Events(0, 1)); err != nil || user != "me" || password != "p:w" {
		t.Errorf("%v: %q %q", err, user, password)
	}
}
