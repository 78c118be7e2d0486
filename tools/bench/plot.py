"""A plot of time against size, both on logarithmic scales, as SVG."""
import math

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 760, 420, 70, 40, 60, 50


def plot_growth(path, points):
    sizes, seconds = zip(*points)
    x_low, x_high = (f(math.log10(v)) for f, v in ((math.floor, min(sizes)), (math.ceil, max(sizes))))
    y_low, y_high = (f(math.log10(v)) for f, v in ((math.floor, min(seconds)), (math.ceil, max(seconds))))

    def x(value):
        return LEFT + (math.log10(value) - x_low) / (x_high - x_low) * (WIDTH - LEFT - RIGHT)

    def y(value):
        return HEIGHT - BOTTOM - (math.log10(value) - y_low) / (y_high - y_low) * (HEIGHT - TOP - BOTTOM)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
           f'<text x="{LEFT}" y="22" font-size="15">samebytes diff: seconds by size of each image</text>']
    for power in range(x_low, x_high + 1):
        at = x(10 ** power)
        out.append(f'<line x1="{at:.1f}" y1="{TOP}" x2="{at:.1f}" y2="{HEIGHT - BOTTOM}" stroke="#ddd"/>')
        out.append(f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{10 ** (power - 6):g} MB</text>')
    for power in range(y_low, y_high + 1):
        at = y(10 ** power)
        out.append(f'<line x1="{LEFT}" y1="{at:.1f}" x2="{WIDTH - RIGHT}" y2="{at:.1f}" stroke="#ddd"/>')
        out.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{10 ** power:g} s</text>')
    line = ' '.join(f'{x(size):.1f},{y(value):.1f}' for size, value in points)
    out.append(f'<polyline points="{line}" fill="none" stroke="#06c" stroke-width="2"/>')
    for size, value in points:
        out.append(f'<circle cx="{x(size):.1f}" cy="{y(value):.1f}" r="4" fill="#06c"/>')
        out.append(f'<text x="{x(size):.1f}" y="{y(value) - 10:.1f}" text-anchor="middle">{value:.2g} s</text>')
    # What grows in step with the size is a line of slope 1, through the largest.
    size, value = points[-1]
    low = max(10 ** x_low, size * 10 ** y_low / value)
    out.append(f'<line x1="{x(low):.1f}" y1="{y(value * low / size):.1f}" x2="{x(size):.1f}" y2="{y(value):.1f}" '
               'stroke="#999" stroke-dasharray="4 4"/>')
    out.append('</svg>')
    with open(path, 'w', encoding='utf-8') as file:
        file.write('\n'.join(out) + '\n')
