package history

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"time"

	bolt "go.etcd.io/bbolt"
)

// Changes holds what a model learnt since the last call of [Model.Changes].
type Changes struct {
	states, arches, quantilesOf, marks map[string][]byte // nil: deleted
}

// Empty reports whether there is nothing to write.
func (c *Changes) Empty() bool { return len(c.states)+len(c.arches)+len(c.marks) == 0 }

// Add merges later changes.
func (c *Changes) Add(later *Changes) {
	maps.Copy(c.states, later.states)
	maps.Copy(c.arches, later.arches)
	maps.Copy(c.quantilesOf, later.quantilesOf)
	maps.Copy(c.marks, later.marks)
}

// Mark stores a time by a name, in whole seconds; see [Store.Mark].
func (c *Changes) Mark(name string, at time.Time) {
	c.setNumber("at "+name, uint64(at.Unix())) //nolint:gosec // read back the same way
}

// Offset has an offset in a stream written down by the stream's name and what the offset is.
func (c *Changes) Offset(stream, what string, offset uint64) {
	c.setNumber(offsetMember(stream, what), offset)
}

func (c *Changes) setNumber(member string, n uint64) {
	c.marks[member] = checked(binary.BigEndian.AppendUint64(nil, n))
}

// Changes returns what a model opened by a store learnt since the last call.
func (m *Model) Changes() *Changes {
	c := &Changes{map[string][]byte{}, map[string][]byte{}, map[string][]byte{}, map[string][]byte{}}
	for k := range m.touched {
		effectState, known := m.states[k]
		c.states[k.text()] = nil
		if known {
			c.states[k.text()] = effectState.bytes()
		}
	}
	for k := range m.touchedArches {
		c.arches[k.text()] = checked([]byte(m.arches[k]))
	}
	for method, s := range m.quantilesOf {
		c.quantilesOf[method] = floats(s.low, s.middle, s.high)
	}
	clear(m.touched)
	clear(m.touchedArches)
	return c
}

// Write writes changes in one transaction. It returns [ErrForeign] if the file is damaged.
func (s *Store) Write(c *Changes) error {
	err := s.guarded(func() error {
		return s.db.Update(func(tx *bolt.Tx) error {
			return errors.Join(
				put(tx.Bucket(stateBucket), c.states), put(tx.Bucket(archBucket), c.arches), put(tx.Bucket(quantileBucket), c.quantilesOf),
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
