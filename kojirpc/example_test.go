package kojirpc_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/kojirpc/kerberos"
	"github.com/kojiwatch/kojiwatch/kojirpc/profile"
)

// exampleHub starts a hub with the recorded data.
func exampleHub() *hubtest.Server {
	hub, err := hubtest.Listen("127.0.0.1:0", "127.0.0.1:0", hubtest.Options{Data: hubtest.Recorded()})
	if err != nil {
		log.Fatal(err)
	}
	return hub
}

func Example() {
	hub := exampleHub()
	defer hub.Close()
	ctx := context.Background()
	c, err := kojirpc.New(kojirpc.Options{Server: hub.URL, UserAgent: "example/1.0"})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close(ctx) //nolint:errcheck // it is only a client

	build, err := c.GetBuild(ctx, kojirpc.Name("golang-x-net-2.2-11.1.epel10"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(build.NVR, build.State, "by", build.Owner.Name)

	_, err = c.GetTag(ctx, kojirpc.Name("no-such-tag"))
	fmt.Println(err, errors.Is(err, koji.ErrNotFound))
	// Output:
	// golang-x-net-2.2-11.1.epel10 COMPLETE by bob
	// hub getTag "no-such-tag": not found true
}

func ExampleOpen() {
	hub := exampleHub()
	defer hub.Close()
	home, err := os.MkdirTemp("", "home")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(home) //nolint:errcheck // it is only an example
	// Usually this is the user's own ~/.koji/config.
	config := filepath.Join(home, "config")
	if err := os.WriteFile(config, []byte("[lab]\nserver = "+hub.URL+"\n"), 0o600); err != nil {
		log.Fatal(err)
	}

	ctx := context.Background()
	c, err := kojirpc.Open(ctx, "lab", kojirpc.UserAgent("example/1.0"),
		kojirpc.ProfileFiles(profile.Options{Config: config, Root: home, Home: home}))
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close(ctx) //nolint:errcheck // it is only a client
	version, err := c.GetKojiVersion(ctx)
	fmt.Println(version, err)
	// Output: 1.35.3 <nil>
}

func ExampleClient_Session() {
	hub := exampleHub()
	defer hub.Close()
	dir, err := os.MkdirTemp("", "certificate")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // it is only an example
	pair, err := hub.CA.Client("alice")
	if err != nil {
		log.Fatal(err)
	}
	cert, err := pair.WriteFile(dir, "alice")
	if err != nil {
		log.Fatal(err)
	}

	ctx := context.Background()
	c, err := kojirpc.New(kojirpc.Options{Server: hub.TLSURL, TLS: kojirpc.TLS{RootCAs: hub.CA.Pool()}})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close(ctx) //nolint:errcheck // it is only a client
	s, err := c.Session(kojirpc.Credentials{Cert: cert})
	if err != nil {
		log.Fatal(err)
	}
	user, err := s.GetLoggedInUser(ctx)
	fmt.Println(user.Name, err)
	// Output: alice <nil>
}

// A session that logs in with the ticket that kinit got.
func ExampleCredentials_kerberos() {
	ctx := context.Background()
	c, err := kojirpc.New(kojirpc.Options{Server: "https://koji.example.com/kojihub"})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close(ctx) //nolint:errcheck // it is only a client
	s, err := c.Session(kojirpc.Credentials{Negotiator: &kerberos.Client{Principal: "alice@EXAMPLE.COM"}})
	if err != nil {
		log.Fatal(err)
	}
	_ = s // s.GetLoggedInUser(ctx) logs in first
}

func ExampleBatch() {
	hub := exampleHub()
	defer hub.Close()
	ctx := context.Background()
	c, err := kojirpc.New(kojirpc.Options{Server: hub.URL})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close(ctx) //nolint:errcheck // it is only a client

	b := kojirpc.NewBatch(c)
	user := b.GetUser(kojirpc.ID(3))
	tag := b.GetTag(kojirpc.Name("no-such-tag"))
	perms := kojirpc.Add[[]string](b, "getUserPerms", "alice")
	if err := b.Send(ctx); err != nil {
		log.Fatal(err)
	}
	u, err := user.Get()
	fmt.Println(u.Name, err)
	_, err = tag.Get()
	fmt.Println(err)
	_, err = perms.Get()
	fmt.Println(errors.Is(err, kojirpc.CodeException)) // the fake hub does not have this method
	// Output:
	// alice <nil>
	// hub getTag "no-such-tag": not found
	// true
}

// fakeHub is a Caller with one build.
type fakeHub struct{}

func (fakeHub) CallInto(_ context.Context, into any, method string, _ ...any) error {
	if build, ok := into.(**koji.Build); ok && method == "getBuild" {
		*build = &koji.Build{ID: 42, NVR: "bash-5.2-1.fc44"}
	}
	return nil
}

func (f fakeHub) CallAll(ctx context.Context, calls []*kojirpc.Call) error {
	for _, c := range calls {
		c.Err = f.CallInto(ctx, c.Into, c.Method, c.Args...)
	}
	return nil
}

// In tests, a fake with two methods replaces the hub.
func ExampleNewAPI() {
	api := kojirpc.NewAPI(fakeHub{})
	build, err := api.GetBuild(context.Background(), kojirpc.ID(42))
	fmt.Println(build.NVR, err)
	// Output: bash-5.2-1.fc44 <nil>
}
