package namecache

import (
	"errors"
	"fmt"
	"strings"
)

// maxFolder is the maximum length of a file name, in bytes.
const maxFolder = 255

// folderOf returns the name of a profile's folder. Like in txkoji, it is the profile's own
// name, but characters with a meaning in paths (and % itself) are escaped as %XX, so that
// the folder is always in Dir and no two profiles share a folder.
func folderOf(profile string) (string, error) {
	if profile == "" {
		return "", errors.New("the name of the profile is empty")
	}
	var b strings.Builder
	for i := range len(profile) {
		c := profile[i]
		if c < ' ' || c == 0x7f || c == '/' || c == '\\' || c == '%' || c == '.' && i == 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	if b.Len() > maxFolder {
		return "", fmt.Errorf("the name of the profile is longer than %d bytes", maxFolder)
	}
	return b.String(), nil
}
