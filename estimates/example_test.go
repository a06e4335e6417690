package estimates_test

import (
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/koji"
)

// An estimator learns from the tasks that end, and estimates those that run.
func ExampleEstimator() {
	e := estimates.New(estimates.Options{})
	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	task := koji.Task{Method: "image", Channel: koji.Ref{ID: 1, Name: "image"}, Arch: "noarch"}
	task.Request.Package = "cloud"
	for id := range int64(5) {
		task.ID, task.State, task.Created, task.Started, task.Ended = id+1, koji.TaskOpen, at, at, time.Time{}
		e.Observe(&task, at)
		at = at.Add(20 * time.Minute)
		task.State, task.Ended = koji.TaskClosed, at
		e.Observe(&task, at)
	}
	task.ID, task.State, task.Started, task.Ended = 6, koji.TaskOpen, at, time.Time{}
	e.Observe(&task, at)
	est, ok := e.Task(&task, at.Add(5*time.Minute))
	fmt.Println(ok, est.CompletionAt.Sub(at).Round(time.Minute), est.Duration.Basis, est.Duration.Samples)
	// Output: true 20m0s history 5
}
