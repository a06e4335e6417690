package history

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"time"

	bolt "go.etcd.io/bbolt"
)

// Changes is what a model learnt since the last time it was asked.
type Changes struct {
	cells, arches, scales, marks map[string][]byte // nil: deleted
}

// Empty reports whether there is nothing to write.
func (c *Changes) Empty() bool { return len(c.cells)+len(c.arches)+len(c.marks) == 0 }

// Add takes in later changes.
func (c *Changes) Add(later *Changes) {
	maps.Copy(c.cells, later.cells)
	maps.Copy(c.arches, later.arches)
	maps.Copy(c.scales, later.scales)
	maps.Copy(c.marks, later.marks)
}

// Mark has a point in time written down by a name, to the second.
func (c *Changes) Mark(name string, at time.Time) {
	seconds := uint64(at.Unix()) //nolint:gosec // read back the same way
	c.marks[string(markMember(name))] = checked(binary.BigEndian.AppendUint64(nil, seconds))
}

// Changes returns what a model that a store has opened learnt since the last time.
func (m *Model) Changes() *Changes {
	c := &Changes{map[string][]byte{}, map[string][]byte{}, map[string][]byte{}, map[string][]byte{}}
	for k := range m.touched {
		cell, known := m.cells[k]
		c.cells[k.text()] = nil
		if known {
			c.cells[k.text()] = cell.bytes()
		}
	}
	for k := range m.touchedArches {
		c.arches[k.text()] = checked([]byte(m.arches[k]))
	}
	for method, s := range m.scales {
		c.scales[method] = floats(s.low, s.middle, s.high)
	}
	clear(m.touched)
	clear(m.touchedArches)
	return c
}

// Write writes changes, all or nothing. If it finds the file damaged, the error is
// [ErrForeign].
func (s *Store) Write(c *Changes) error {
	err := s.guarded(func() error {
		return s.db.Update(func(tx *bolt.Tx) error {
			return errors.Join(
				put(tx.Bucket(cellBucket), c.cells), put(tx.Bucket(archBucket), c.arches), put(tx.Bucket(scaleBucket), c.scales),
				put(tx.Bucket(metaBucket), c.marks),
			)
		})
	})
	if err != nil {
		return fmt.Errorf("history: write: %w", err)
	}
	return nil
}

func put(b *bolt.Bucket, values map[string][]byte) error {
	for k, v := range values {
		err := b.Delete([]byte(k))
		if v != nil {
			err = b.Put([]byte(k), v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
