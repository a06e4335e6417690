package namecache_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/namecache"
)

// users is a source with some users.
type users map[int64]string

func (u users) Name(_ context.Context, kind namecache.Kind, id int64) (string, error) {
	fmt.Println("asked for", kind, id)
	if name, ok := u[id]; ok && kind == namecache.User {
		return name, nil
	}
	return "", koji.ErrNotFound
}

func Example() {
	c, err := namecache.New(namecache.Options{Source: users{5: "alice"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	for range 2 {
		name, err := c.Get(context.Background(), namecache.User, 5)
		fmt.Println(name, err)
	}
	_, err = c.Get(context.Background(), namecache.Tag, 7)
	fmt.Println(err)
	// Output:
	// asked for user 5
	// alice <nil>
	// alice <nil>
	// asked for tag 7
	// tag 7: not found
}

// hubNames is a source that gets the names of users from a hub.
type hubNames struct{ kojirpc.API }

func (h hubNames) Name(ctx context.Context, kind namecache.Kind, id int64) (string, error) {
	if kind != namecache.User {
		return "", koji.ErrNotFound
	}
	user, err := h.GetUser(ctx, kojirpc.ID(id))
	return user.Name, err
}

// Names of a hub, stored on disk for the next program.
func ExampleOptions() {
	hub, err := hubtest.Listen("127.0.0.1:0", "127.0.0.1:0", hubtest.Options{Data: hubtest.Recorded()})
	if err != nil {
		log.Fatal(err)
	}
	defer hub.Close()
	dir, err := os.MkdirTemp("", "names")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // it is only an example
	ctx := context.Background()
	c, err := kojirpc.New(kojirpc.Options{Server: hub.URL})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close(ctx) //nolint:errcheck // it is only a client

	for range 2 {
		names, err := namecache.New(namecache.Options{Source: hubNames{c.API}, Dir: dir, Profile: "lab"})
		if err != nil {
			log.Fatal(err)
		}
		name, err := names.Get(ctx, namecache.User, 5)
		names.Close()
		fmt.Println(name, err, "after", hub.Stats().Calls["getUser"], "call")
	}
	// Output:
	// tomáš <nil> after 1 call
	// tomáš <nil> after 1 call
}

// Messages contain names along with ids, so that the hub need not be asked for them.
func ExampleCache_Learn() {
	c, err := namecache.New(namecache.Options{Source: users{}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	c.Learn(namecache.Tag, 7, "f44-updates", time.Now())
	fmt.Println(c.Peek(namecache.Tag, 7))
	// Output: f44-updates true
}
