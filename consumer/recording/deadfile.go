package recording

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/kojiwatch/kojiwatch/consumer"
)

// DeadFile keeps dead letters in a file, as lines of a recording: for brokers
// that let nobody publish. It implements [consumer.DeadLetters].
type DeadFile struct{ path string }

// OpenDeadFile returns the dead-letter file at a path. The file is made when the
// first letter comes, readable for its owner only, as is its folder if that is
// missing.
func OpenDeadFile(path string) *DeadFile { return &DeadFile{path: path} }

// Put appends a letter; when it returns nil, the letter is on the disk. The file
// is opened for each letter, so it may be moved away at any time, and [OpenDeadBox]
// may take letters out of it.
func (f *DeadFile) Put(ctx context.Context, letter consumer.DeadLetter) error {
	line, err := AppendDead(nil, letter)
	if err == nil {
		err = f.append(ctx, line)
	}
	if err != nil {
		return fmt.Errorf("dead-letter file: %w", err)
	}
	return nil
}

func (f *DeadFile) append(ctx context.Context, line []byte) error {
	file, err := openLocked(ctx, f.open)
	if err != nil {
		return err
	}
	if line, err = behindTorn(file, line); err == nil {
		_, err = file.Write(line)
	}
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// open opens the file for appending. A new one's name is on the disk too.
func (f *DeadFile) open() (*os.File, error) {
	file, err := os.OpenFile(f.path, os.O_RDWR|os.O_APPEND, 0)
	if !errors.Is(err, os.ErrNotExist) {
		return file, err
	}
	dir := filepath.Dir(f.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	file, err = os.OpenFile(f.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syncDir(dir); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// behindTorn puts a line end before the line if the file ends in the middle of
// one: a crash or a full disk cut it short, and its letter came again.
func behindTorn(file *os.File, line []byte) ([]byte, error) {
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil || size == 0 {
		return line, err
	}
	var last [1]byte
	if _, err := file.ReadAt(last[:], size-1); err != nil {
		return nil, err
	}
	if last[0] != '\n' {
		line = append([]byte{'\n'}, line...)
	}
	return line, nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
