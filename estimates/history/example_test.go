package history_test

import (
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/history"
)

// A model tells from the runs that it has seen what the next one will take.
func ExampleModel() {
	m := history.New(0)
	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	run := &history.Run{Method: "buildArch", Package: "bash", Target: "f44", Arch: "s390x"}
	for range 10 {
		m.Learn(run, 8*time.Minute, at)
	}
	x, ok := m.Expect(run, at)
	fmt.Println(ok, x.Likely.Round(time.Minute), x.Runs, x.Level == history.OfAll)

	_, ok = m.Expect(&history.Run{Method: "image"}, at)
	fmt.Println(ok)
	// Output:
	// true 8m0s 10 true
	// false
}
