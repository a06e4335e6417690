package webhook_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/kojiwatch/kojiwatch/sinks/sinktest"
	"github.com/kojiwatch/kojiwatch/sinks/webhook"
)

// TestRedirects checks that no redirect is followed by default, and none to another server
// or with another method ever.
func TestRedirects(t *testing.T) {
	taken := ""
	var server, other *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
		switch path := r.URL.Path; path {
		case "/307", "/308", "/303", "/301":
			var code int
			_, _ = fmt.Sscanf(path, "/%d", &code)
			http.Redirect(w, r, "/end", code)
		case "/elsewhere":
			http.Redirect(w, r, "http://localhost:"+port+"/end", http.StatusTemporaryRedirect)
		case "/another-port":
			http.Redirect(w, r, other.URL+"/end", http.StatusPermanentRedirect)
		case "/twice":
			http.Redirect(w, r, "/307", http.StatusTemporaryRedirect)
		case "/for-ever":
			http.Redirect(w, r, path, http.StatusTemporaryRedirect)
		default:
			body, _ := io.ReadAll(r.Body)
			taken = r.Method + " " + r.Header.Get("X-Secret") + " " + string(body)
		}
	}))
	defer server.Close()
	other = httptest.NewServer(server.Config.Handler) // on another port of the same host
	defer other.Close()
	for name, tt := range map[string]struct {
		path string
		most int
		ok   bool
	}{
		"none by default":     {"/307", 0, false},
		"one":                 {"/307", 1, true},
		"another kind":        {"/308", 1, true},
		"more than there may": {"/twice", 1, false},
		"two":                 {"/twice", 2, true},
		"for ever":            {"/for-ever", 10, false},
		"to see something":    {"/303", 10, false},
		"an old one":          {"/301", 10, false},
		"to another host":     {"/elsewhere", 10, false},
		"to another port":     {"/another-port", 10, false},
	} {
		t.Run(name, func(t *testing.T) {
			taken = ""
			s := webhook.New(webhook.Options{
				URL: func() (string, error) { return server.URL + tt.path, nil }, Form: webhook.JSON(false), Redirects: tt.most,
				Transport: &http.Transport{}, Timeout: 2e10, Headers: map[string]string{"X-Secret": "s3cret"},
			})
			defer func() { _ = s.Close() }()
			err := s.Send(t.Context(), sinktest.Events(0, 1))
			if tt.ok && (err != nil || !strings.HasPrefix(taken, `POST s3cret {"schema"`)) {
				t.Errorf("got %v, taken: %s", err, taken)
			}
			if !tt.ok && (hintsOf(err).permanent != "refused" || taken != "" || strings.Contains(err.Error(), "/end")) {
				t.Errorf("got %v, taken: %s", err, taken)
			}
		})
	}
}

// TestConnectionsAreUsedAgain checks that many requests share one connection, whatever the
// answers are.
func TestConnectionsAreUsedAgain(t *testing.T) {
	var mu sync.Mutex
	connections, requests := 0, 0
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		requests++
		w.WriteHeader([]int{200, 503, 404}[requests%3])
		_, _ = w.Write(make([]byte, 1000))
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		mu.Lock()
		defer mu.Unlock()
		if state == http.StateNew {
			connections++
		}
	}
	server.Start()
	defer server.Close()
	s := webhook.New(webhook.Options{
		URL: func() (string, error) { return server.URL, nil }, Form: webhook.JSON(false), Transport: &http.Transport{}, Timeout: 2e10,
	})
	defer func() { _ = s.Close() }()
	for i := range 30 {
		_ = s.Send(t.Context(), sinktest.Events(i, 1)) // two of three fail
	}
	mu.Lock()
	defer mu.Unlock()
	if requests != 30 || connections != 1 {
		t.Errorf("%d requests on %d connections", requests, connections)
	}
}

// TestSameServer checks that the port may only change between the defaults of http and
// https.
func TestSameServer(t *testing.T) {
	for name, tt := range map[string]struct {
		from, to string
		same     bool
	}{
		"the same":                  {"https://h/a", "https://h/b", true},
		"the default port by name":  {"https://h", "https://h:443", true},
		"the same port":             {"http://h:8080", "http://h:8080", true},
		"another port":              {"https://h", "https://h:8443", false},
		"another port of loopback":  {"http://127.0.0.1:8080", "http://127.0.0.1:8081", false},
		"from http to https":        {"http://h", "https://h", true},
		"to https of another port":  {"http://h:8080", "https://h", false},
		"to https on another port":  {"http://h", "https://h:8443", false},
		"to https on the same port": {"http://h:8080", "https://h:8080", false},
		"from https to http":        {"https://h", "http://h", false},
		"another host":              {"https://h", "https://i", false},
		"another scheme":            {"http://h", "ftp://h", false},
	} {
		t.Run(name, func(t *testing.T) {
			from, err := http.NewRequest(http.MethodPost, tt.from, nil)
			if err != nil {
				t.Fatal(err)
			}
			to, err := http.NewRequest(http.MethodPost, tt.to, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := webhook.Follow(10)(to, []*http.Request{from}) == nil; got != tt.same {
				t.Errorf("followed: %t", got)
			}
		})
	}
}
