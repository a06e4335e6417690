package hubtest_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/testca"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// secure returns a client for a server's HTTPS port, with a certificate if there is one.
func secure(t *testing.T, s *hubtest.Server, cert *testca.Pair) *client {
	t.Helper()
	config := &tls.Config{RootCAs: s.CA.Pool()}
	if cert != nil {
		config.Certificates = []tls.Certificate{cert.TLS}
	}
	c := newClient(t, s.TLSURL+hubtest.LoginPath)
	transport, _ := c.http.Transport.(*http.Transport)
	transport.TLSClientConfig = config
	return c
}

func clientCert(t *testing.T, ca *testca.CA, opts ...testca.Option) *testca.Pair {
	t.Helper()
	pair, err := ca.Client("alice", opts...)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

func TestCertificates(t *testing.T) {
	s := hubtest.Start(t)
	strangers, err := testca.New("Koji Lab CA")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("good", func(t *testing.T) {
		info, _ := secure(t, s, clientCert(t, s.CA)).ask(t, "sslLogin").(m)
		if key, _ := info["session-key"].(string); len(key) < 20 || info["header-auth"] != true {
			t.Errorf("got %v", info)
		}
	})
	t.Run("none", func(t *testing.T) {
		secure(t, s, nil).wantFault(t, xmlrpc.Fault{Code: 1002, String: "could not verify client: NONE"}, "sslLogin")
	})
	for name, cert := range map[string]*testca.Pair{
		"expired":           clientCert(t, s.CA, testca.Expired()),
		"of another signer": clientCert(t, strangers),
	} {
		t.Run(name, func(t *testing.T) {
			c := secure(t, s, cert)
			config := c.http.Transport.(*http.Transport).TLSClientConfig
			config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &cert.TLS, nil }
			if v, err := c.try(t.Context(), "sslLogin"); err == nil || !strings.Contains(err.Error(), "tls: ") {
				t.Errorf("gave %v and %v", v, err)
			}
		})
	}
	t.Run("of the server, not trusted", func(t *testing.T) {
		_, err := newClient(t, s.TLSURL).try(t.Context(), "hello")
		if _, ok := errors.AsType[*tls.CertificateVerificationError](err); !ok {
			t.Errorf("got %v", err)
		}
	})
}

func TestCertPerLocation(t *testing.T) {
	s := hubtest.Start(t, hubtest.Options{CertPerLocation: true})
	_, err := secure(t, s, clientCert(t, s.CA)).try(t.Context(), "sslLogin")
	if e, ok := errors.AsType[*statusError](err); !ok || e.status != http.StatusForbidden {
		t.Errorf("got %v", err)
	}
}

func TestFrontEndIdentity(t *testing.T) {
	for want, head := range map[string]map[string]string{
		"alice@EXAMPLE.COM": {hubtest.HeaderPrincipal: "alice@EXAMPLE.COM", hubtest.HeaderCN: "(null)"},
		"bob":               {hubtest.HeaderVerify: "SUCCESS", hubtest.HeaderCN: "bob", hubtest.HeaderPrincipal: "(null)"},
		"":                  {hubtest.HeaderVerify: "NONE"},
	} {
		r := &http.Request{Header: http.Header{}}
		for k, v := range head {
			r.Header.Set(k, v)
		}
		who := hubtest.FrontEndIdentity(r)
		if got := who.Principal + who.CN; got != want || who.Verified != (want == "bob") {
			t.Errorf("%v: got %+v", head, who)
		}
	}
}

// TestForgedIdentity sends the headers of a front end to a hub without a front end.
func TestForgedIdentity(t *testing.T) {
	other := newClient(t, hubtest.Start(t).URL)
	r, err := other.request(t.Context(), "sslLogin")
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set(hubtest.HeaderPrincipal, "alice@EXAMPLE.COM")
	resp, err := other.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if doc := string(body(t, resp.Header, resp.Body)); !strings.Contains(doc, "could not verify client: NONE") {
		t.Errorf("a hub without a front end believes the header: %s", doc)
	}
}

func TestKeepAlive(t *testing.T) {
	s := hubtest.Start(t, hubtest.Options{KeepAliveRequests: 3})
	c := newClient(t, s.URL)
	var got []string
	for range 7 {
		r, err := c.request(t.Context(), "hello")
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.http.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body(t, resp.Header, resp.Body)
		_ = resp.Body.Close()
		got = append(got, resp.Header.Get("Keep-Alive"))
	}
	want := []string{"timeout=5, max=2", "timeout=5, max=1", "", "timeout=5, max=2", "timeout=5, max=1", "", "timeout=5, max=2"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q", got)
	}
	if n := s.Stats().Connections; n != 3 {
		t.Errorf("%d connections, want 3", n)
	}
}

func TestVersions(t *testing.T) {
	for version, header := range map[string]string{"": hubtest.Version, "1.34.0": "", "2.0": "2.0", "dev": ""} {
		s := hubtest.Start(t, hubtest.Options{Version: version})
		c := newClient(t, s.URL)
		r, err := c.request(t.Context(), "getKojiVersion")
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.http.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if got := resp.Header.Get("Koji-Version"); got != header {
			t.Errorf("hub %q: Koji-Version %q, want %q", version, got, header)
		}
	}
}

func TestListenErrors(t *testing.T) {
	s := hubtest.Start(t)
	taken := strings.TrimSuffix(strings.TrimPrefix(s.URL, "http://"), hubtest.Path)
	for _, addrs := range [][2]string{{taken, "127.0.0.1:0"}, {"127.0.0.1:0", taken}} {
		if _, err := hubtest.Listen(addrs[0], addrs[1], hubtest.Options{}); err == nil || !strings.Contains(err.Error(), "in use") {
			t.Errorf("%v: got %v", addrs, err)
		}
	}
}

func TestWrap(t *testing.T) {
	s := hubtest.Start(t, hubtest.Options{Wrap: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Seen", r.UserAgent())
			next.ServeHTTP(w, r)
		})
	}})
	c := newClient(t, s.URL)
	r, err := c.request(context.WithoutCancel(t.Context()), "hello")
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", "kojiwatch/1")
	resp, err := c.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("X-Seen"); got != "kojiwatch/1" {
		t.Errorf("got %q", got)
	}
}
