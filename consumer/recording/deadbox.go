package recording

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/kojiwatch/kojiwatch/consumer"
)

// ErrBusy is that another process works on the dead letters of the same folder.
var ErrBusy = errors.New("another process works on the dead letters in this folder")

// DeadBox takes letters out of a file of dead letters, to which others may append
// all the while: a [DeadFile] of a daemon. One goroutine at a time may use it.
type DeadBox struct {
	path   string
	folder *os.File // locked against other boxes
	file   *os.File // nil: there is none
	reader *Reader
	taken  bool
}

// OpenDeadBox opens the file at a path, which need not be there. There is one box
// for a folder at a time, else the error is [ErrBusy].
func OpenDeadBox(ctx context.Context, path string) (*DeadBox, error) {
	b := &DeadBox{path: path, reader: NewReader(bytes.NewReader(nil))}
	var err error
	b.folder, err = os.Open(filepath.Dir(path))
	if errors.Is(err, os.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, err
	}
	if err := tryLock(b.folder); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = ErrBusy
		}
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), b.folder.Close())
	}
	if err := b.open(ctx); err != nil {
		return nil, errors.Join(err, b.folder.Close())
	}
	return b, nil
}

// open opens the file for what is in it now, all of which was written to its end.
func (b *DeadBox) open(ctx context.Context) error {
	locked, err := openLocked(ctx, func() (*os.File, error) { return os.Open(b.path) })
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	info, err := locked.Stat()
	if err == nil {
		b.file, err = os.OpenFile(b.path, os.O_RDWR, 0)
	}
	if errors.Is(err, os.ErrPermission) { // whoever only looks needs no more
		b.file, err = os.Open(b.path)
	}
	if err := errors.Join(err, locked.Close()); err != nil {
		return err
	}
	b.reader = NewReader(io.NewSectionReader(b.file, 0, info.Size()))
	return nil
}

// BoxLetter is a dead letter in its file.
type BoxLetter struct {
	consumer.DeadLetter
	at int64
}

// Next returns the next letter, of those that were there when the box was opened;
// after the last the error is io.EOF. A *LineError is about one line only, which
// stays, and the next call goes on behind it.
func (b *DeadBox) Next() (*BoxLetter, error) {
	letter, err := b.reader.NextDead()
	if err != nil {
		return nil, err
	}
	return &BoxLetter{letter, b.reader.at}, nil
}

// Take takes a letter out, for good: when it returns nil, that is on the disk.
func (b *DeadBox) Take(letter *BoxLetter) error {
	_, err := b.file.WriteAt([]byte{removed}, letter.at)
	if err == nil {
		err = b.file.Sync()
	}
	if err != nil {
		return fmt.Errorf("take a letter out of %s: %w", b.path, err)
	}
	b.taken = true
	return nil
}

// Close puts in the file's place one without the letters that were taken. Should
// that fail, they are marked in the old one and gone all the same.
func (b *DeadBox) Close(ctx context.Context) error {
	var errs []error
	if b.taken {
		errs = append(errs, b.compact(ctx))
	}
	if b.file != nil {
		errs = append(errs, b.file.Close())
	}
	if b.folder != nil {
		errs = append(errs, b.folder.Close())
	}
	return errors.Join(errs...)
}

// compact copies what is left, in one step as others see it. They cannot append
// meanwhile.
func (b *DeadBox) compact(ctx context.Context) error {
	old, err := openLocked(ctx, func() (*os.File, error) { return os.Open(b.path) })
	if errors.Is(err, os.ErrNotExist) {
		return nil // it was moved away
	}
	if err != nil {
		return err
	}
	fresh, err := like(old, b.path+".new")
	if err == nil {
		err = errors.Join(copyLeft(fresh, old), fresh.Sync(), fresh.Close())
	}
	if err == nil {
		err = os.Rename(fresh.Name(), b.path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(b.path))
	}
	return errors.Join(err, old.Close())
}

// like makes a file with the owner and the rights of another, whose daemon must
// be able to append to it.
func like(old *os.File, path string) (*os.File, error) {
	info, err := old.Stat()
	if err != nil {
		return nil, err
	}
	fresh, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		err = fresh.Chown(int(stat.Uid), int(stat.Gid))
	}
	if err == nil {
		err = fresh.Chmod(info.Mode().Perm())
	}
	if err != nil {
		return nil, errors.Join(err, fresh.Close(), os.Remove(path))
	}
	return fresh, nil
}

// copyLeft copies the lines that were not taken.
func copyLeft(to io.Writer, from io.Reader) error {
	in, out := bufio.NewReaderSize(from, 64<<10), bufio.NewWriter(to)
	keep, fresh := true, true
	for {
		part, err := in.ReadSlice('\n')
		if fresh && len(part) > 0 {
			keep = part[0] != removed
		}
		if keep {
			_, _ = out.Write(part) // an error stays with the writer
		}
		fresh = err == nil
		switch {
		case errors.Is(err, io.EOF):
			return out.Flush()
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return err
		}
	}
}
