package kojirpc_test

import (
	"context"
	"crypto/tls"
	"math"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/testca"
)

// TestOddAnswers checks that an unexpected answer gives an error, or as much of a value
// as can be decoded.
func TestOddAnswers(t *testing.T) {
	var answer atomic.Pointer[any]
	c := newClient(t, kojirpc.Options{Server: startHub(t, hubFunc(func(string, []any) (any, *fault) { return *answer.Load(), nil }))})
	ctx := t.Context()
	tests := []struct {
		name   string
		answer any
		call   func() (any, error)
		want   string
	}{
		{"an array for a build", []any{1}, func() (any, error) { return c.GetBuild(ctx, kojirpc.ID(1)) }, "hub getBuild 1: xmlrpc: "},
		{"a struct for tasks", map[string]any{}, func() (any, error) { return c.GetTaskChildren(ctx, 1) }, "hub getTaskChildren 1: xmlrpc: "},
		{"a tree by name", map[string]any{"x\ufffd": []any{}}, func() (any, error) { return c.GetTaskDescendents(ctx, 1) }, "hub getTaskDescendents 1: x\ufffd is not an id"},
		{"too few tasks", []any{}, func() (any, error) { return c.GetTasks(ctx, 1, 2) }, "hub getTaskInfo: 0 tasks for 2 ids"},
		{"no version", nil, func() (any, error) { return c.GetKojiVersion(ctx) }, "hub getKojiVersion: not found"},
		{"text for a number", "x", func() (any, error) { return c.CountTasks(ctx, kojirpc.TaskFilter{}) }, "hub listTasks: xmlrpc: "},
		{"text for a duration", "x", func() (any, error) { return c.GetAverageBuildDuration(ctx, kojirpc.ID(1), 0) }, "hub getAverageBuildDuration 1: xmlrpc: "},
		{"no task requested", "x", func() (any, error) { return c.GetTasks(ctx) }, ""},
		{"a huge average", 1e300, func() (any, error) { return c.GetAverageBuildDuration(ctx, kojirpc.ID(1), 0) }, ""},
		{"extra that is a string", map[string]any{"id": 1, "extra": "x", "name": []any{}}, func() (any, error) { return c.GetBuild(ctx, kojirpc.ID(1)) }, ""},
		{"extra with wrong types", map[string]any{"id": 1, "extra": map[string]any{"source": 1, "typeinfo": []any{}, "image": []any{}, "submitter": map[string]any{}}}, func() (any, error) { return c.GetBuild(ctx, kojirpc.ID(1)) }, ""},
		{"principals of a wrong type", map[string]any{"id": 1, "krb_principals": 5}, func() (any, error) { return c.GetUser(ctx, kojirpc.ID(1)) }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answer.Store(&tt.answer)
			v, err := tt.call()
			if (err == nil) != (tt.want == "") || err != nil && !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("%+v, %v", v, err)
			}
		})
	}
	answer.Store(new(any(math.Pi)))
	if d, err := c.GetAverageBuildDuration(ctx, kojirpc.ID(1), 0); err != nil || !d.Known || d.Value.String() != "3.141592653s" {
		t.Error(d, err)
	}
}

// FuzzAnswers checks that no answer makes the decoding of koji values panic.
func FuzzAnswers(f *testing.F) {
	for _, name := range []string{
		"getTaskInfo-build-closed", "getTaskDescendents", "getBuild-container", "listBuilds-task", "getUser-id", "getTag-id", "getPackage-id",
		"getBuildTarget", "getChannel-id", "getHost", "repoInfo", "listRPMs", "listTasks-wrapper", "listTasks-nodecode", "fault-GenericError",
	} {
		f.Add(recordedBody(f, name))
	}
	f.Fuzz(func(_ *testing.T, answer []byte) {
		for _, into := range []any{
			new(koji.Task), new([]koji.Task), new(map[string][]koji.Task), new(*koji.Build), new([]koji.Build), new([]*koji.User),
			new(koji.Tag), new(koji.Package), new(koji.Target), new(koji.Channel), new(koji.Host), new(koji.Repo), new([]koji.RPM),
		} {
			_ = kojirpc.Decode(answer, into)
		}
	})
}

// TestCertificateAfterTheHandshake uses a web server that requests certificates with
// TLS 1.2 only. To Go, a server that requests them only at the URL for logins looks
// the same.
func TestCertificateAfterTheHandshake(t *testing.T) {
	ca, err := testca.New("Koji Lab CA")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := ca.Server([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	hub, err := hubtest.New(hubtest.Options{Data: people(), CertPerLocation: true})
	if err != nil {
		t.Fatal(err)
	}
	defer hub.Close()
	srv := httptest.NewUnstartedServer(hub)
	srv.TLS = &tls.Config{
		Certificates: []tls.Certificate{pair.TLS},
		GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			conf := &tls.Config{Certificates: []tls.Certificate{pair.TLS}, ClientCAs: ca.Pool(), ClientAuth: tls.VerifyClientCertIfGiven}
			if hello.SupportedVersions[0] == tls.VersionTLS13 {
				conf.ClientAuth = tls.NoClientCert
			}
			return conf, nil
		},
	}
	srv.StartTLS()
	defer srv.Close()
	var notices notices
	c := newClient(t, kojirpc.Options{Server: srv.URL + hubtest.Path, TLS: kojirpc.TLS{RootCAs: ca.Pool()}, Notify: notices.add})
	s, err := c.Session(kojirpc.Credentials{Cert: certificate(t, ca, "alice")})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 { // the session remembers to use TLS 1.2
		if u, err := s.GetLoggedInUser(t.Context()); err != nil || u.Name != "alice" {
			t.Fatal(u, err)
		}
		hub.CloseSessions()
	}
	if n := len(hub.Sessions()); n != 3 || notices.count(kojirpc.NoticeOldTLS) != 1 {
		t.Errorf("%d sessions, %+v", n, notices.list)
	}
	if err := s.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
}
