package appsbookssim

import "strconv"

// since is the change after which a list is wanted; 0 is all of it.
func (c *call) since() (int, *failure) {
	text := c.request.URL.Query().Get("sinceVersionId")
	if text == "" {
		return 0, nil
	}
	seq, known := c.location.versions[text]
	if !known {
		return 0, refuse(9721)
	}
	return seq, nil
}

// pageOf cuts one page out of a list.
func pageOf[T any](c *call, name string, list []T, versions bool) (map[string]any, *failure) {
	size := c.server.options.PageSize
	total := max((len(list)+size-1)/size, 1)
	index := 0
	if text := c.request.URL.Query().Get("pageIndex"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n >= total {
			return nil, refuse(9650)
		}
		index = n
	}
	part := list[min(index*size, len(list)):min((index+1)*size, len(list))]
	body := map[string]any{name: part, "size": len(part), "currentPageIndex": index, "totalPages": total}
	if index+1 < total {
		body["nextPageIndex"] = index + 1
	}
	if c.rule.PageLoop {
		body["nextPageIndex"] = 0
	}
	if versions {
		body["versionId"] = c.location.version()
	}
	return body, nil
}
