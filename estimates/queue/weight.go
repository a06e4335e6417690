package queue

import (
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// placeWeight is the weight of one place on a host: that of a common buildArch.
//
// Source: BuildArchTask.updateWeight in builder/kojid.
const placeWeight = 1.5

// freshWeight is a task's weight before it is opened: the default of the hub's
// database.
const freshWeight = 1.0

// weights holds the weights that handlers set when they open a task. Others weigh 1.
//
// Source: _taskWeight of the handlers in builder/kojid, koji/tasks.py and the
// plugins.
var weights = map[string]float64{
	"build": 0.2, "maven": 0.2, "chainmaven": 0.2, "winbuild": 0.2, "waitrepo": 0.2, "dependantTask": 0.2,
	"chainbuild": 0.1, "newRepo": 0.1, "distRepo": 0.1, "buildNotification": 0.1, "tagNotification": 0.1,
	"image": 0.2, "livecd": 0.2, "appliance": 0.2, "livemedia": 0.2, "imageBuilderBuild": 0.2,
	"buildArch": 1.5, "buildMaven": 1.5, "wrapperRPM": 1.5, "createrepo": 1.5, "createdistrepo": 1.5,
	"createAppliance": 1.5, "createLiveCD": 1.5, "createLiveMedia": 1.5,
	"createImage": 2, "runroot": 2, "createKiwiImage": 2, "buildContainer": 2, "osbuildImage": 2,
	"saveFailedTree": 3, "vmExec": 3, "kiwiBuild": 4,
}

// weightOf returns the weight that a task of the method will have once it is open.
func weightOf(method string, run time.Duration) float64 {
	w, ok := weights[method]
	if !ok {
		w = 1
	}
	if method == "buildArch" { // the hub's average, capped; see updateWeight
		w += min(18, run.Seconds()/4800)
	}
	return w
}

// usualRun is the run of a task of which nothing is known.
const usualRun = 10 * time.Minute

// runByWeight returns how long a task runs as its weight tells: that of an open buildArch
// is made of the hub's average. Others take what is usual.
//
// Source: BuildArchTask.updateWeight in builder/kojid.
func runByWeight(t *koji.Task) time.Duration {
	if t.Method == "buildArch" && t.Weight.Known && t.Weight.Value > placeWeight && t.Weight.Value < 100 {
		return time.Duration((t.Weight.Value - placeWeight) * 4800 * float64(time.Second))
	}
	return usualRun
}

// remaining returns how much longer a task runs that has run for a while and was
// expected to run for so long. What is past its time is not about to end: it has
// shown to be one of the long ones.
func remaining(run, elapsed time.Duration) time.Duration {
	return max(run-elapsed, run/10, elapsed/4)
}
