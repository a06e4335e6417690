package answers

import (
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

type eventRow struct {
	ID int64    `xmlrpc:"id"`
	TS *float64 `xmlrpc:"ts"`
}

func getEvent(c *Reader, a *python.Arguments) (any, error) {
	id, err := taskID(a.Get("id"))
	if err != nil {
		return nil, err
	}
	return Must(c.DB.events.ByID[id], func(e *dataset.Event) any { return eventRow{e.ID, Stamp(e.Time)} },
		a.Truth("strict"), errNoRows())
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
	return Must(last, func(e *dataset.Event) any { return eventRow{e.ID, Stamp(e.Time)} }, a.Truth("strict"), errNoRows())
}
