package appsbookssim

import "slices"

// associateAssets starts to give assets, to users before devices, each in the
// order of the request.
func associateAssets(c *call) (map[string]any, *failure) {
	b, refused := c.readAssets()
	if refused != nil {
		return nil, refused
	}
	if len(b.SerialNumbers) > 0 {
		if book := c.book(b.Assets); book != nil {
			return nil, &failure{9707, book}
		}
	}
	e := c.newEvent("ASSOCIATE")
	c.each(b, func(a Assignment) {
		e.steps = append(e.steps, step{clientUserID: a.ClientUserID, serial: a.SerialNumber, asset: a.AssetRef, do: func() int {
			return c.location.give(a)
		}})
	})
	return c.start(e), nil
}

func disassociateAssets(c *call) (map[string]any, *failure) {
	b, refused := c.readAssets()
	if refused != nil {
		return nil, refused
	}
	if book := c.book(b.Assets); book != nil {
		return nil, &failure{9706, book}
	}
	e := c.newEvent("DISASSOCIATE")
	c.each(b, func(a Assignment) { e.steps = append(e.steps, c.taking(a)) })
	return c.start(e), nil
}

// revokeAssets starts to take back all that the targets have and that can be.
func revokeAssets(c *call) (map[string]any, *failure) {
	b, refused := c.readTargets("maxRevokeClientUserIds", "maxRevokeSerialNumbers")
	if refused != nil {
		return nil, refused
	}
	e := c.newEvent("REVOKE")
	for _, a := range c.location.assignments {
		theirs := slices.Contains(b.ClientUserIDs, a.ClientUserID) || slices.Contains(b.SerialNumbers, a.SerialNumber)
		if theirs && !c.location.asset(a.AssetRef).book {
			e.steps = append(e.steps, c.taking(a.Assignment))
		}
	}
	return c.start(e), nil
}

// book names the books among assets; nil when there is none.
func (c *call) book(assets []AssetRef) *errorInfo {
	var books []AssetRef
	for _, ref := range assets {
		if c.location.asset(ref).book {
			books = append(books, ref)
		}
	}
	if books == nil {
		return nil
	}
	return &errorInfo{Assets: books}
}

// each visits every pair of asset and target.
func (c *call) each(b assetsBody, visit func(Assignment)) {
	for _, ref := range b.Assets {
		for _, id := range b.ClientUserIDs {
			visit(Assignment{AssetRef: ref, ClientUserID: id})
		}
		for _, serial := range b.SerialNumbers {
			visit(Assignment{AssetRef: ref, SerialNumber: serial})
		}
	}
}

func (c *call) taking(a Assignment) step {
	return step{clientUserID: a.ClientUserID, serial: a.SerialNumber, asset: a.AssetRef, do: func() int {
		c.location.release(func(given assignment) bool { return given.Assignment == a })
		return 0
	}}
}

// give assigns a license; the number is why not. Who has it keeps it; a user
// who comes back under the same id with another Apple Account has it not.
func (l *location) give(wanted Assignment) int {
	holder := l.active(wanted.ClientUserID)
	if slices.ContainsFunc(l.assignments, func(a assignment) bool { return a.Assignment == wanted && a.holder == holder }) {
		return 0
	}
	if l.available(l.asset(wanted.AssetRef)) == 0 {
		return 9709
	}
	l.assignments = append(l.assignments, assignment{wanted, holder, l.changed()})
	return 0
}
