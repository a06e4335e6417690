package log_test

import (
	"encoding/json"
	"testing"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/sinks/log"
	"github.com/kojiwatch/kojiwatch/sinks/sinktest"
)

// journal records the ids of logged events. Each write must be one entry.
type journal struct {
	fail int // how many more writes fail
	ids  []string
}

func (j *journal) Write(p []byte) (int, error) {
	if j.fail > 0 {
		j.fail--
		return 0, errFull
	}
	var entry struct {
		ID string `json:"event_id"`
	}
	if err := json.Unmarshal(p, &entry); err != nil {
		return 0, err
	}
	j.ids = append(j.ids, entry.ID)
	return len(p), nil
}

func TestSuite(t *testing.T) {
	sinktest.Run(t, func(*testing.T) *sinktest.World {
		j := &journal{}
		return &sinktest.World{
			Sink:    log.New(zerolog.New(nil), j),
			Arrived: func() []string { return j.ids },
			Fail:    func(n int) { j.fail = n },
		}
	})
}
