package facts

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// segments are the files of one sink's memory, one for each day (UTC).
type segments struct {
	dir, sink string
	file      *os.File // of the day; nil for those who only read
	day       string
	offset    int64 // up to which the file was read
}

// folder is where the files are, in the state folder.
const folder = "facts"

const (
	dayForm   = "20060102"
	extension = ".facts"
)

func (s *segments) path(day string) string {
	return filepath.Join(s.dir, folder, s.sink+"-"+day+extension)
}

// list returns the files that there are, in the order of their days.
func (s *segments) list() ([]string, error) {
	found, err := os.ReadDir(filepath.Join(s.dir, folder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read what was told: %w", err)
	}
	var names []string
	for _, f := range found {
		if day, ok := s.dayOf(f.Name()); ok && f.Type().IsRegular() {
			names = append(names, s.path(day))
		}
	}
	slices.Sort(names)
	return names, nil
}

// dayOf returns the day of a file of this sink. The names of sinks may begin with one
// another.
func (s *segments) dayOf(name string) (day string, ok bool) {
	rest, ours := strings.CutPrefix(name, s.sink+"-")
	day, right := strings.CutSuffix(rest, extension)
	_, err := time.Parse(dayForm, day)
	return day, ours && right && err == nil
}

// open opens the file of the day, all of which counts as read.
func (s *segments) open(now time.Time) error {
	if err := os.MkdirAll(filepath.Join(s.dir, folder), 0o700); err != nil {
		return err
	}
	day := now.UTC().Format(dayForm)
	file, err := os.OpenFile(s.path(day), os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	s.file, s.day, s.offset = file, day, 0
	return s.endLine()
}

// endLine ends a line that was cut short by a power cut, so that the next is one of its own.
func (s *segments) endLine() error {
	info, err := s.file.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	var last [1]byte
	if _, err := s.file.ReadAt(last[:], info.Size()-1); err != nil || last[0] == '\n' {
		return err
	}
	_, err = s.file.Write([]byte{'\n'})
	return err
}

// roll begins the file of another day, once the day has come.
func (s *segments) roll(now time.Time) (rolled bool, err error) {
	if s.file == nil || now.UTC().Format(dayForm) == s.day {
		return false, nil
	}
	old := s.file
	if err := s.open(now); err != nil {
		return false, err
	}
	return true, old.Close()
}

// append writes whole lines with one call, which no other process can get between.
func (s *segments) append(lines []byte) error {
	if s.file == nil {
		return os.ErrClosed
	}
	_, err := s.file.Write(lines)
	return err
}

// news appends the whole lines to buffer that were written since the last call.
func (s *segments) news(buffer []byte) ([]byte, error) {
	if s.file == nil {
		return buffer, nil
	}
	info, err := s.file.Stat()
	if err != nil || info.Size() <= s.offset {
		return buffer, err
	}
	buffer = append(buffer, make([]byte, info.Size()-s.offset)...)
	n, err := s.file.ReadAt(buffer, s.offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return buffer[:0], err
	}
	buffer = buffer[:bytes.LastIndexByte(buffer[:n], '\n')+1]
	s.offset += int64(len(buffer))
	return buffer, nil
}

// remove deletes files of days that had ended by a time.
func (s *segments) remove(before time.Time) error {
	names, err := s.list()
	last := s.path(before.UTC().Format(dayForm))
	for _, name := range names {
		if name < last {
			err = errors.Join(err, os.Remove(name))
		}
	}
	return err
}

func (s *segments) close() error {
	if s.file == nil {
		return nil
	}
	file := s.file
	s.file = nil
	return file.Close()
}
