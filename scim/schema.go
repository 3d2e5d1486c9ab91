package scim

// described is an attribute in a schema (RFC 7643 section 7).
type described struct {
	Name        string      `json:"name"`
	Type        string      `json:"type"`
	Parts       []described `json:"subAttributes,omitempty"`
	MultiValued bool        `json:"multiValued"`
	Description string      `json:"description"`
	Required    bool        `json:"required"`
	CaseExact   bool        `json:"caseExact"`
	Mutability  string      `json:"mutability"`
	Returned    string      `json:"returned"`
	Uniqueness  string      `json:"uniqueness"`
	References  []string    `json:"referenceTypes,omitempty"`
}

func attributeOf(name, kind, description string) described {
	return described{Name: name, Type: kind, Description: description, Mutability: "readWrite", Returned: "default", Uniqueness: "none"}
}

func text(name, description string) described { return attributeOf(name, "string", description) }

func truth(name, description string) described { return attributeOf(name, "boolean", description) }

func reference(name, description string) described {
	d := attributeOf(name, "reference", description)
	d.References, d.CaseExact = []string{"User"}, true
	return d
}

func parts(name, description string, of ...described) described {
	d := attributeOf(name, "complex", description)
	d.Parts = of
	return d
}

func (d described) needed() described {
	d.Required = true
	return d
}

// only is for a value that no other resource of the client has.
func (d described) only() described {
	d.Uniqueness = "server"
	return d
}

func (d described) exact() described {
	d.CaseExact = true
	return d
}

func (d described) list() described {
	d.MultiValued = true
	return d
}

func (d described) readOnly() described {
	d.Mutability = "readOnly"
	return d
}
