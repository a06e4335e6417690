package namecache_test

import (
	"context"
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/namecache"
)

// users is a source that knows some users.
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

// Messages carry names along with ids, so that the hub need not be asked for them.
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
