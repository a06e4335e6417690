// Command daemon replaces the daemon in the tests of the rig. Its first argument
// selects what it does.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
)

func main() {
	switch os.Args[1] {
	case "serve":
		serve()
	case "fail":
		fmt.Fprintln(os.Stderr, "no luck:", os.Getenv("LUCK"))
		os.Exit(3)
	case "race":
		race()
	}
}

// serve writes two events and the start of a third, and runs until it is stopped.
func serve() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	fmt.Print(`{"id":"a","n":1}`, "\n", `{"id":"b","n":2}`, "\n", `{"id":"c",`)
	fmt.Fprintln(os.Stderr, "ready", strings.Join(os.Args[2:], " "))
	<-signals
	fmt.Println(`"n":3}`)
	fmt.Fprintln(os.Stderr, "stopped")
}

func race() {
	var n int
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for range 1000 {
				n++
			}
		})
	}
	all.Wait()
	fmt.Fprintln(os.Stderr, "counted", n)
}
