package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/namecache"
)

// manyUsers is a hub with so many users.
func manyUsers(t *testing.T, n int) *hubtest.Server {
	t.Helper()
	data := hubtest.Recorded()
	data.Users = nil
	for i := range n {
		data.Users = append(data.Users, hubtest.User{ID: int64(i + 1), Name: fmt.Sprintf("user-%d", i+1)})
	}
	return hubtest.Start(t, hubtest.Options{Data: data})
}

// namesOf is a cache in memory over a hub, and the hub's client.
func namesOf(t *testing.T, url string, o namecache.Options) (*namecache.Cache, *kojirpc.Client) {
	t.Helper()
	client, err := kojirpc.New(kojirpc.Options{
		Server:  url,
		Retry:   kojirpc.Retry{First: time.Millisecond, Last: 10 * time.Millisecond},
		Breaker: kojirpc.Breaker{First: 50 * time.Millisecond, Last: 100 * time.Millisecond, Patience: 50 * time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	o.Source = nameSource{client.API}
	names, err := namecache.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		names.Close()
		if err := Close(context.Background(), client); err != nil {
			t.Error(err)
		}
	})
	return names, client
}

// getAll asks for users 1 to n, all at once, and returns the errors.
func getAll(t *testing.T, names *namecache.Cache, n int, budget time.Duration) (failed []error) {
	t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), budget)
			defer cancel()
			name, err := names.Get(ctx, namecache.User, int64(i+1))
			if err == nil && name != fmt.Sprintf("user-%d", i+1) {
				err = fmt.Errorf("user %d is called %q", i+1, name)
			}
			if err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed = append(failed, err)
			}
		})
	}
	wg.Wait()
	return failed
}

func TestEveryKindOfName(t *testing.T) {
	hub := hubtest.Start(t, hubtest.Options{Data: hubtest.Recorded()})
	names, _ := namesOf(t, hub.URL, namecache.Options{})
	for kind, want := range map[namecache.Kind]koji.Ref{
		namecache.User: {ID: 1, Name: "koji-admin"}, namecache.Tag: {ID: 2, Name: "f55-build"},
		namecache.Target: {ID: 1, Name: "f55"}, namecache.Channel: {ID: 1, Name: "default"},
		namecache.Host: {ID: 1, Name: "builder1.lab.test"}, namecache.Package: {ID: 1, Name: "golang-x-net"},
		namecache.BType: {ID: 4, Name: "image"},
	} {
		if got, err := names.Get(t.Context(), kind, want.ID); err != nil || got != want.Name {
			t.Errorf("%s %d: got %q, %v; want %q", kind, want.ID, got, err, want.Name)
		}
		if _, err := names.Get(t.Context(), kind, 4711); !errors.Is(err, koji.ErrNotFound) {
			t.Errorf("%s 4711: got %v, want ErrNotFound", kind, err)
		}
	}
}

// TestSlowHub asks a hub with 200 ms latency for 500 names at once: they travel
// together, so that it takes a few requests and not 500.
func TestSlowHub(t *testing.T) {
	hub := manyUsers(t, 500)
	hub.Inject(hubtest.Failure{Effect: hubtest.Delay(200 * time.Millisecond)})
	names, _ := namesOf(t, hub.URL, namecache.Options{})
	if failed := getAll(t, names, 500, time.Minute); len(failed) > 0 {
		t.Fatalf("%d failed, the first: %v", len(failed), failed[0])
	}
	if got := hub.Stats().Requests; got > 50 {
		t.Errorf("%d requests for 500 names, want at most one for ten", got)
	}
	hub.ResetStats()
	if failed := getAll(t, names, 500, time.Minute); len(failed) > 0 || hub.Stats().Requests > 0 {
		t.Errorf("warm: %d failed, %d requests; want none", len(failed), hub.Stats().Requests)
	}
}

// TestTroubledHub has a hub hang, answer 503, or break off, and get well: nobody
// waits beyond its budget, what is known stays known, and nothing need be
// restarted.
func TestTroubledHub(t *testing.T) {
	for name, effect := range map[string]hubtest.Effect{
		"hangs":     hubtest.Hang(),
		"503":       hubtest.Status(503),
		"no XML":    hubtest.Answer("<html>please wait</html>"),
		"truncated": hubtest.Truncated(),
		"cut wire":  hubtest.DropBefore(),
		"offline":   hubtest.Fault(1014, "down for maintenance"),
	} {
		t.Run(name, func(t *testing.T) {
			hub := manyUsers(t, 200)
			names, client := namesOf(t, hub.URL, namecache.Options{Timeout: 2 * time.Second})
			if failed := getAll(t, names, 100, time.Minute); len(failed) > 0 {
				t.Fatal(failed[0])
			}
			remove := hub.Inject(hubtest.Failure{Effect: effect})
			began := time.Now()
			for range 5 {
				failed := getAll(t, names, 200, 100*time.Millisecond)
				if len(failed) != 100 {
					t.Fatalf("%d failed, want the 100 that are not known", len(failed))
				}
				for _, err := range failed {
					if errors.Is(err, koji.ErrNotFound) {
						t.Fatalf("a hub that fails denies: %v", err)
					}
				}
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("took %s for five budgets of 100 ms", took)
			}
			if asked := client.Stats().Requests; asked > 200 {
				t.Errorf("a hub that fails was asked %d times", asked)
			}
			remove()
			deadline := time.Now().Add(30 * time.Second)
			for failed := getAll(t, names, 200, time.Second); len(failed) > 0; failed = getAll(t, names, 200, time.Second) {
				if time.Now().After(deadline) {
					t.Fatalf("the hub is well again, but %d fail, the first: %v", len(failed), failed[0])
				}
			}
		})
	}
}

// TestHubThatDeniesAll asks a hub that has nothing by any id: each id is asked
// for once, for a while.
func TestHubThatDeniesAll(t *testing.T) {
	hub := hubtest.Start(t)
	names, _ := namesOf(t, hub.URL, namecache.Options{})
	for range 3 {
		for id := range int64(200) {
			if _, err := names.Get(t.Context(), namecache.Package, id+1); !errors.Is(err, koji.ErrNotFound) {
				t.Fatalf("got %v, want ErrNotFound", err)
			}
		}
	}
	if calls := hub.Stats().Calls["getPackage"]; calls != 200 {
		t.Errorf("%d calls for 200 ids", calls)
	}
}

// TestWarmIsPolite fetches long lists in pages that travel together.
func TestWarmIsPolite(t *testing.T) {
	hub := manyUsers(t, 2*pageSize+1)
	client, err := kojirpc.New(kojirpc.Options{Server: hub.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close(t.Context()) }()
	dir := t.TempDir()
	disk, err := namecache.OpenDisk(dir, hubName(hub.URL), nil)
	if err != nil {
		t.Fatal(err)
	}
	kinds := slices.DeleteFunc(namecache.Kinds(), func(k namecache.Kind) bool { return k == namecache.Package })
	_, err = FetchNames(t.Context(), client.API, disk, kinds, nil)
	if disk.Close(); err != nil {
		t.Fatal(err)
	}
	if s := hub.Stats(); s.Requests != 3 || s.Calls["listUsers"] != 3 || s.Calls["listTags"] != 1 || s.MaxInFlight > 1 {
		t.Errorf("got %+v, want three requests, one after the other", s)
	}
	if users := manyNames(t, dir, hub.URL); users < 2*pageSize+1 {
		t.Errorf("%d users on the disk", users)
	}
}

func manyNames(t *testing.T, dir, url string) int {
	t.Helper()
	disk, err := namecache.OpenDisk(dir, hubName(url), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer disk.Close()
	entries, err := disk.List(namecache.User)
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
