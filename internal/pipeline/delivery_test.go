package pipeline

import (
	"os"
	"testing"

	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/recording"
)

// firstDelivery is the first of a recording.
func firstDelivery(tb testing.TB, name string) *consumer.Delivery {
	tb.Helper()
	return deliveries(tb, name)[0]
}

// deliveries are those of a recording.
func deliveries(tb testing.TB, name string) []*consumer.Delivery {
	tb.Helper()
	file, err := os.Open(recordingPath(name))
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var all []*consumer.Delivery
	lines := recording.NewReader(file)
	for {
		d, err := lines.Next()
		if err != nil {
			return all
		}
		all = append(all, d)
	}
}
