//go:build integration && soak

package integration

import (
	"os"
	"testing"
	"time"
)

// TestSoak goes through the ordeal for as long as KOJIWATCH_SOAK says.
func TestSoak(t *testing.T) {
	d, err := time.ParseDuration(os.Getenv("KOJIWATCH_SOAK"))
	if err != nil {
		t.Fatalf("KOJIWATCH_SOAK is to say for how long, such as 1h: %v", err)
	}
	const perSecond = 500
	calm := 30 * time.Second
	ordeal{
		calm: perSecond * int(calm.Seconds()), hard: perSecond * int(max(0, d-calm).Seconds()),
		perSecond: perSecond, each: 20 * time.Second,
	}.run(t)
}
