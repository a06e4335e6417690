//go:build integration

package apache_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/apache"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/testca"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

func TestMain(m *testing.M) { rig.Main(m) }

// launch starts a hub and an Apache in front of it.
func launch(t *testing.T, o apache.Options) *apache.Server {
	t.Helper()
	hub := hubtest.Start(t, hubtest.Options{Identify: hubtest.FrontEndIdentity})
	o.Backend = hub.URL
	s, err := apache.Launch(t.Context(), rig.TempDir(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// post makes a call with headers and returns status and text of the response.
func post(t *testing.T, config *tls.Config, url, method string, head map[string]string) (int, string) {
	t.Helper()
	doc, err := xmlrpc.AppendCall(nil, method)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range head {
		r.Header.Set(k, v)
	}
	transport := &http.Transport{TLSClientConfig: config}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func newCA(t *testing.T) *testca.CA {
	t.Helper()
	ca, err := testca.New("Koji Lab CA")
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

// TestNobodyForgesHeaders checks that a client cannot send the headers in which Apache
// passes the user's identity to the hub.
func TestNobodyForgesHeaders(t *testing.T) {
	ca := newCA(t)
	s := launch(t, apache.Options{CA: ca, ClientCert: apache.InHandshake})
	for _, head := range []map[string]string{
		{},
		{hubtest.HeaderPrincipal: "alice@KOJI.TEST"},
		{hubtest.HeaderVerify: "SUCCESS", hubtest.HeaderCN: "alice", hubtest.HeaderDN: "CN=alice"},
	} {
		status, text := post(t, &tls.Config{RootCAs: ca.Pool()}, s.URL()+hubtest.LoginPath, "sslLogin", head)
		if status != http.StatusOK || !strings.Contains(text, "could not verify client: NONE") {
			t.Errorf("%v: status %d: %s", head, status, text)
		}
	}
}

// TestVersionsOfTLS checks that Apache supports only the configured versions.
func TestVersionsOfTLS(t *testing.T) {
	ca := newCA(t)
	for most, want := range map[string]uint16{"TLSv1.2": tls.VersionTLS12, "TLSv1.3": tls.VersionTLS13} {
		s := launch(t, apache.Options{CA: ca, MaxTLS: most})
		var got uint16
		config := &tls.Config{RootCAs: ca.Pool(), VerifyConnection: func(c tls.ConnectionState) error { got = c.Version; return nil }}
		if status, text := post(t, config, s.URL(), "hello", nil); status != http.StatusOK || got != want {
			t.Errorf("%s: version %x, status %d: %s", most, got, status, text)
		}
	}
}

// TestPostHandshake checks that clients written in Go, which lack post-handshake
// authentication, cannot log in with TLS 1.3 and Koji's sample configuration.
func TestPostHandshake(t *testing.T) {
	ca := newCA(t)
	s := launch(t, apache.Options{CA: ca, ClientCert: apache.AtLogin})
	pair, err := ca.Client("alice")
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{RootCAs: ca.Pool(), Certificates: []tls.Certificate{pair.TLS}}
	status, text := post(t, config, s.URL()+hubtest.LoginPath, "sslLogin", nil)
	if status != http.StatusForbidden || !strings.Contains(text, "Cannot perform Post-Handshake Authentication") {
		t.Errorf("TLS 1.3: status %d: %s", status, text)
	}
	config.MaxVersion, config.Renegotiation = tls.VersionTLS12, tls.RenegotiateOnceAsClient
	status, text = post(t, config, s.URL()+hubtest.LoginPath, "sslLogin", nil)
	if status != http.StatusOK || !strings.Contains(text, "session-key") {
		t.Errorf("TLS 1.2: status %d: %s", status, text)
	}
}

func TestGzip(t *testing.T) {
	ca := newCA(t)
	s := launch(t, apache.Options{CA: ca, Gzip: true})
	config := &tls.Config{RootCAs: ca.Pool()}
	if _, text := post(t, config, s.URL(), "_listapi", map[string]string{"Accept-Encoding": "gzip"}); !strings.HasPrefix(text, "\x1f\x8b") {
		t.Errorf("not compressed: %.100s", text)
	}
	if _, text := post(t, config, s.URL(), "_listapi", nil); !strings.Contains(text, "getUser") {
		t.Errorf("not XML: %.100s", text)
	}
}

// TestEnd checks that nothing listens after the server was closed.
func TestEnd(t *testing.T) {
	ca := newCA(t)
	s := launch(t, apache.Options{CA: ca})
	s.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := transport.RoundTrip(r)
	if err == nil {
		_ = resp.Body.Close()
		t.Fatal("it still answers")
	}
	if !strings.Contains(err.Error(), "refused") || errors.Is(err, io.EOF) {
		t.Errorf("%v", err)
	}
}
