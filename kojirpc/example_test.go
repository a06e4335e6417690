package kojirpc_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// exampleHub is a hub that knows what the recordings know.
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
	fmt.Println(err, errors.Is(err, kojirpc.ErrNotFound))
	// Output:
	// golang-x-net-2.2-11.1.epel10 COMPLETE by bob
	// hub getTag "no-such-tag": not found true
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
	user := kojirpc.Queue[koji.User](b, "getUser", 3)
	tag := kojirpc.Queue[koji.Tag](b, "getTag", "no-such-tag", kojirpc.Named{"strict": true})
	if err := b.Send(ctx); err != nil {
		log.Fatal(err)
	}
	u, err := user.Get()
	fmt.Println(u.Name, err)
	_, err = tag.Get()
	fmt.Println(err)
	// Output:
	// alice <nil>
	// hub getTag "no-such-tag": GenericError: No such tagInfo: 'no-such-tag'
}
