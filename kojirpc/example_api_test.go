package kojirpc_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/kojirpc/profile"
)

// exampleFiles writes the configuration of a user whose profile "lab" is for this hub.
func exampleFiles(hub *hubtest.Server) profile.Options {
	home, err := os.MkdirTemp("", "home")
	if err != nil {
		log.Fatal(err)
	}
	pair, err := hub.CA.Client("alice")
	if err != nil {
		log.Fatal(err)
	}
	cert, err := pair.WriteFile(home, "alice")
	if err != nil {
		log.Fatal(err)
	}
	ca := filepath.Join(home, "ca.pem")
	if err := os.WriteFile(ca, hub.CA.PEM(), 0o600); err != nil {
		log.Fatal(err)
	}
	config := filepath.Join(home, "config")
	text := fmt.Sprintf("[lab]\nserver = %s\nweburl = https://koji.example.com/koji\nauthtype = ssl\ncert = %s\nserverca = %s\n", hub.TLSURL, cert, ca)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		log.Fatal(err)
	}
	return profile.Options{Config: config, Root: home, Home: home}
}

// exampleClient starts a hub with the recorded data and opens a client for it. The
// function that it returns closes both.
func exampleClient(opts ...kojirpc.OpenOption) (*kojirpc.Client, func()) {
	data := hubtest.Recorded()
	data.CGs, data.CGUsers = append(data.CGs, "mytool"), map[string][]string{"mytool": {"alice"}}
	hub, err := hubtest.Listen("127.0.0.1:0", "127.0.0.1:0", hubtest.Options{Data: data})
	if err != nil {
		log.Fatal(err)
	}
	files := exampleFiles(hub)
	ctx := context.Background()
	c, err := kojirpc.Open(ctx, "lab", append(opts, kojirpc.ProfileFiles(files), kojirpc.UserAgent("example/1.0"))...)
	if err != nil {
		log.Fatal(err)
	}
	return c, func() {
		_ = c.Close(ctx)
		hub.Close()
		_ = os.RemoveAll(files.Home)
	}
}

// A user's name. Instead of exampleClient, a program calls kojirpc.Open(ctx, "fedora").
func ExampleAPI_GetUser() {
	c, end := exampleClient()
	defer end()

	user, err := c.GetUser(context.Background(), kojirpc.ID(5))
	fmt.Println(user.Name, err)
	// Output: tomáš <nil>
}

// A task, and the tag for its build.
func ExampleAPI_GetTask() {
	c, end := exampleClient()
	defer end()

	ctx := context.Background()
	task, err := c.GetTask(ctx, 17)
	if err != nil {
		log.Fatal(err)
	}
	target, err := c.GetBuildTarget(ctx, kojirpc.Name(task.Request.Target.Name))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(task.Method, task.State, task.Duration().Value.Round(time.Minute))
	fmt.Println(target.DestTag.Name)
	// Output:
	// build CLOSED 24m0s
	// epel10-candidate
}

// The client logs in as the profile says, by certificate or Kerberos, and asks who it is.
func ExampleLoggedIn() {
	c, end := exampleClient(kojirpc.LoggedIn())
	defer end()

	me, err := c.GetLoggedInUser(context.Background())
	fmt.Println(me.Name, err)
	// Output: alice <nil>
}

// How long builds of a package take: the average, and the last five builds.
func ExampleAPI_GetAverageBuildDuration() {
	c, end := exampleClient()
	defer end()

	ctx := context.Background()
	average, err := c.GetAverageBuildDuration(ctx, kojirpc.Name("kernel"), 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("average", average.Value.Round(time.Minute))

	pkg, err := c.GetPackage(ctx, kojirpc.Name("kernel"))
	if err != nil {
		log.Fatal(err)
	}
	builds, err := c.ListBuilds(ctx,
		kojirpc.BuildFilter{Package: koji.Ref{ID: pkg.ID}, State: koji.BuildComplete},
		kojirpc.QueryOpts{Order: "-completion_time", Limit: 5})
	if err != nil {
		log.Fatal(err)
	}
	for _, b := range builds {
		fmt.Println(b.NVR, b.Duration().Value.Round(time.Minute))
	}
	// Output:
	// average 1h25m0s
	// kernel-12.14-11.10.f55 2h12m0s
	// kernel-11.16-11.2.f55 1h51m0s
	// kernel-1.3-11.22 56m0s
	// kernel-1.8-11.19 1h5m0s
	// kernel-1.5-11.17 1h20m0s
}

// The object that a URL of kojiweb names.
func ExampleAPI_Lookup() {
	c, end := exampleClient()
	defer end()

	thing, err := c.Lookup(context.Background(), "https://koji.example.com/koji/taskinfo?taskID=17")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(thing.Page.Kind, thing.Task.ID, thing.Task.Method, thing.Task.State)
	// Output: task 17 build CLOSED
}

// A content generator reserves a build, uploads its file and asks the hub to import it.
func ExampleAPI_CGImport() {
	c, end := exampleClient(kojirpc.LoggedIn())
	defer end()

	ctx := context.Background()
	nvr := koji.NVR{Name: "toolbox", Version: "44", Release: "1"}
	reserved, err := c.CGInitBuild(ctx, "mytool", kojirpc.CGNewBuild{NVR: nvr})
	if err != nil {
		log.Fatal(err)
	}

	const dir, content = "mytool/1764501234.kYxz", "what was built"
	err = c.Upload(ctx, kojirpc.Upload{Dir: dir, Name: "toolbox.tar", Content: strings.NewReader(content), Size: int64(len(content))})
	if err != nil {
		log.Fatal(err)
	}

	sum := sha256.Sum256([]byte(content))
	build, err := c.CGImport(ctx, &kojirpc.CGMetadata{
		Build: kojirpc.CGBuild{
			ID: reserved.BuildID, Name: nvr.Name, Version: nvr.Version, Release: nvr.Release,
			Start: kojirpc.CGTime{Time: time.Now().Add(-time.Minute)}, End: kojirpc.CGTime{Time: time.Now()},
			Extra: map[string]any{"typeinfo": map[string]any{"image": map[string]any{}}},
		},
		Buildroots: []kojirpc.CGBuildroot{{ID: 1, CG: kojirpc.CGTool{Name: "mytool", Version: "1.0"}}},
		Output: []kojirpc.CGOutput{{
			Buildroot: 1, Name: "toolbox.tar", Size: int64(len(content)), Type: "tar",
			Checksum: hex.EncodeToString(sum[:]), ChecksumType: "sha256",
		}},
	}, dir, reserved.Token)
	fmt.Println(build.NVR, build.State, err)
	// Output: toolbox-44-1 COMPLETE <nil>
}
