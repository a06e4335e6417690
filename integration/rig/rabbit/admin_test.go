package rabbit

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// api starts a server that answers every request instead of the management plugin.
func api(t *testing.T, handle http.HandlerFunc) *Admin {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	a, err := NewAdmin(strings.Replace(server.URL, "://", "://me:s%2Fcret@", 1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Forget)
	return a
}

func TestAdminLogsInAndEscapesNames(t *testing.T) {
	a := api(t, func(w http.ResponseWriter, r *http.Request) {
		name, password, _ := r.BasicAuth()
		if name != "me" || password != "s/cret" || r.URL.EscapedPath() != "/api/queues/%2F/a%2Fb%20c" {
			w.WriteHeader(http.StatusTeapot)
		}
		_, _ = w.Write([]byte(`{"name":"a/b c","messages_ready":3,"consumers":1}`))
	})
	got, err := a.QueueStats(t.Context(), "/", "a/b c")
	if want := (QueueStats{Name: "a/b c", Ready: 3, Consumers: 1}); err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestAdminErrors(t *testing.T) {
	for name, tc := range map[string]struct {
		status   int
		reply    string
		want     string
		notFound bool
	}{
		"not found":   {http.StatusNotFound, `{"error":"Object Not Found"}`, "GET /api/queues/v/q: not found", true},
		"not allowed": {http.StatusUnauthorized, `{"reason":"Login failed"}`, "401 Unauthorized: {\"reason\":\"Login failed\"}", false},
		"no JSON":     {http.StatusOK, "<html>", "GET /api/queues/v/q: invalid character", false},
	} {
		t.Run(name, func(t *testing.T) {
			a := api(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tc.status)
				_, _ = w.Write([]byte(tc.reply))
			})
			_, err := a.QueueStats(t.Context(), "v", "q")
			if err == nil || !strings.Contains(err.Error(), tc.want) || errors.Is(err, ErrNotFound) != tc.notFound {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func TestAdminAddress(t *testing.T) {
	for _, wrong := range []string{"", "127.0.0.1:15672", "http://", "http://me:secret@%zz"} {
		_, err := NewAdmin(wrong)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: got %v, want an error without the password", wrong, err)
		}
	}
}
