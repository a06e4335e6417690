package answers

import (
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

func eventRow(e *dataset.Event) any { return map[string]any{"id": e.ID, "ts": Stamp(e.Time)} }

func getEvent(c *Reader, a *python.Arguments) (any, error) {
	id, err := taskID(a.Get("id"))
	if err != nil {
		return nil, err
	}
	return Must(c.DB.events.ByID[id], eventRow, a.Truth("strict"), errNoRows())
}

func getLastEvent(c *Reader, a *python.Arguments) (any, error) {
	limit := a.Get("before")
	end := c.Now.AddDate(1000, 0, 0)
	if limit != nil {
		var err error
		if end, err = moment(limit); err != nil {
			return nil, err
		}
	}
	var last *dataset.Event
	for _, e := range c.DB.events.rows {
		if e.Time.Before(end) {
			last = e
		}
	}
	return Must(last, eventRow, a.Truth("strict"), errNoRows())
}
