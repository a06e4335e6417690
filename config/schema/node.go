package schema

import (
	"go.yaml.in/yaml/v4"
)

// pair is a key and its value in a mapping.
type pair struct {
	key   string
	at    place // of the key
	value *yaml.Node
}

// follow resolves an alias and counts the node. It returns nil once the file has too many
// nodes, which it reports once.
func (d *decoder) follow(node *yaml.Node, key string, depth int) *yaml.Node {
	d.nodes++
	if !d.stopped && (d.nodes > maxNodes || depth > maxDepth) {
		d.stopped = true
		d.report.AddAt(placeOf(node), key, "the configuration, with its aliases filled in, is too large or too deep from here on")
	}
	if d.stopped = d.stopped || d.report.Full(); d.stopped {
		return nil
	}
	if node.Kind == yaml.AliasNode {
		return d.follow(node.Alias, key, depth+1)
	}
	return node
}

// pairs returns the keys of a mapping with their values: its own, then those of merge keys
// (<<) that it does not have itself.
func (d *decoder) pairs(mapping *yaml.Node, key string, depth int) []pair {
	var pairs, merged []pair
	lines := map[string]int{}
	d.nodes += len(mapping.Content) / 2
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		name, value := mapping.Content[i], mapping.Content[i+1]
		if name.Kind == yaml.ScalarNode && name.Tag == "!!merge" {
			merged = append(merged, d.merged(value, key, depth+1)...)
			continue
		}
		if name.Kind != yaml.ScalarNode || tagged(name) || isNull(name) {
			d.report.AddAt(placeOf(name), key, "a key must be a plain word")
			continue
		}
		if line, twice := lines[name.Value]; twice {
			d.report.AddAt(placeOf(name), joinSafe(key, name.Value), "is there twice; the first is on line %d", line)
			continue
		}
		lines[name.Value] = name.Line
		pairs = append(pairs, pair{name.Value, placeOf(name), value})
	}
	for _, p := range merged {
		if _, own := lines[p.key]; !own {
			lines[p.key] = p.at.line
			pairs = append(pairs, p)
		}
	}
	return pairs
}

// merged returns the pairs of a merge key: those of a mapping, or of a list of mappings, in
// which the first mapping with a key wins.
func (d *decoder) merged(node *yaml.Node, key string, depth int) []pair {
	at := placeOf(node)
	if node = d.follow(node, key, depth); node == nil {
		return nil
	}
	switch node.Kind {
	case yaml.MappingNode:
		return d.pairs(node, key, depth)
	case yaml.SequenceNode:
		var pairs []pair
		for _, one := range node.Content {
			pairs = append(pairs, d.merged(one, key, depth+1)...)
		}
		return pairs
	default:
		d.report.AddAt(at, key, "<< merges a map into this one; it takes an alias to a map")
		return nil
	}
}

// joinSafe is Join for a key from the file. It omits text that does not look like a key.
func joinSafe(around, key string) string {
	if !plainKey.MatchString(key) {
		return around
	}
	return Join(around, key)
}

func isNull(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && node.Tag == "!!null" && !tagged(node)
}

// tagged reports whether a node has an explicit tag, other than the harmless tag of text.
func tagged(node *yaml.Node) bool {
	return node.Style&yaml.TaggedStyle != 0 && node.Tag != "!!str"
}

// plain reports whether a scalar is not quoted.
func plain(node *yaml.Node) bool { return node.Style == 0 }
