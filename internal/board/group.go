package board

// Groupings returns by what entries can be grouped.
func Groupings() []string { return []string{"owner", "package", "target", "tag", "channel", "method"} }

// Group returns the group that an entry is in; "" if it is in none.
func (e *Entry) Group(by string) string {
	switch by {
	case "owner":
		return e.Owner
	case "package":
		return e.Package
	case "target":
		return e.Target
	case "tag":
		return first(e.tagNames())
	case "channel":
		if t := e.Root(); t != nil {
			return t.Channel
		}
	case "method":
		return e.Method()
	}
	return ""
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
